// Reads texts aloud with the browser's own voices. This page sends nothing anywhere for it.

export class Speech {
  #onChange;
  /** @type {SpeechSynthesisUtterance | null} the last sentence of what is being read */
  #last = null;

  /** @param {(speaking: boolean) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @returns {boolean} whether this browser can speak */
  static get possible() {
    return 'speechSynthesis' in window && 'SpeechSynthesisUtterance' in window;
  }

  get speaking() {
    return this.#last !== null;
  }

  /**
   * Read texts one after the other, each in its language.
   *
   * @param {import('../shared/languages.js').TranslatedText[]} texts
   */
  read(texts) {
    this.stop();
    // Each sentence is spoken separately: some voices fall silent in the middle of a long text.
    const utterances = texts.flatMap(({ value, language }) =>
      sentences(value).map((sentence) => {
        const utterance = new SpeechSynthesisUtterance(sentence);
        utterance.lang = language;
        return utterance;
      }),
    );
    const last = utterances.at(-1);
    if (!last) return;
    this.#setLast(last);
    last.onend = last.onerror = () => this.#last === last && this.#setLast(null);
    utterances.forEach((utterance) => window.speechSynthesis.speak(utterance));
  }

  stop() {
    if (!this.#last) return;
    this.#setLast(null);
    window.speechSynthesis.cancel();
  }

  /** @param {SpeechSynthesisUtterance | null} last */
  #setLast(last) {
    this.#last = last;
    this.#onChange(this.speaking);
  }
}

/**
 * @param {string} text
 * @returns {string[]}
 */
function sentences(text) {
  return text.match(/[^.!?…]+[.!?…]*\s*/g) ?? [];
}
