"""Threads of the libraries that compute: one each, since frames run side by side already."""

from __future__ import annotations

import cv2
import faiss
from threadpoolctl import threadpool_limits


def use_one_thread() -> None:
    """Keep FAISS, OpenCV and BLAS to the calling thread; for each thread that judges.

    Frames are judged in parallel already: pools of threads would fight over the model's cores, and
    make a verification many times slower. OpenMP keeps this number for each thread apart. BLAS has
    one small product a frame, and its threads would then spin for as long as the frame takes.
    """
    faiss.omp_set_num_threads(1)
    cv2.setNumThreads(1)
    threadpool_limits(1, user_api="blas")
