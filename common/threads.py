"""One thread for each numeric library, because frames are processed in parallel already."""

from __future__ import annotations

import cv2
import faiss
from threadpoolctl import threadpool_limits


def use_one_thread() -> None:
    """Keep FAISS, OpenCV and BLAS to the calling thread; call it in each thread that recognizes.

    Frames are processed in parallel already. Thread pools would compete for the model's cores and
    make a verification many times slower. OpenMP keeps this number for each thread separately. BLAS
    has one small product in each frame, and its threads would spin for the rest of the frame.
    """
    faiss.omp_set_num_threads(1)
    cv2.setNumThreads(1)
    threadpool_limits(1, user_api="blas")
