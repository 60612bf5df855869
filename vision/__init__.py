"""Images and geometry: decoding, outlines, ORB, RootSIFT, Hough voting, synthetic views."""
