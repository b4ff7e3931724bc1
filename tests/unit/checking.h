
/*
 * Copyright (C) nginx-knn contributors
 */


/* Check, for tests that assert by the million. */


#ifndef KNN_CHECKING_H
#define KNN_CHECKING_H


#include <check.h>


/*
 * Check's own ck_assert_msg(), of which its others are made, also writes to a
 * file when the assertion holds: a system call, in the time of which a test
 * can look at many things.
 */
#undef ck_assert_msg
#define ck_assert_msg(expr, ...) ((expr) ? (void) 0 : ck_abort_msg(__VA_ARGS__))

#undef ck_assert
#define ck_assert(expr) ck_assert_msg(expr, "Assertion '%s' failed", #expr)


/*
 * Of many cases of a kind, one in so many where each takes long (under ASan,
 * emulated): a stride that is a prime number, so that what goes by other ones
 * still meets in all ways.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(CHECKING_FEW)
#define CHECKING_EVERY 7
#else
#define CHECKING_EVERY 1
#endif


#endif /* KNN_CHECKING_H */
