
/*
 * Copyright (C) nginx-knn contributors
 */


/* Decimal text to numbers and back, whatever the locale. */


#ifndef KNN_NUMBER_H
#define KNN_NUMBER_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


/* the longest text that is read, and the longest that is written */
#define KNN_NUMBER_READ  1024
#define KNN_NUMBER_WRITE 24

/* powers of five below 2^64 */
#define KNN_NUMBER_POWERS 28


extern const uint64_t knn_power5[KNN_NUMBER_POWERS];


/*
 * Reads the decimal number at p ("5.1", "-.5", "+1e3"); returns its end, or
 * NULL when none is there or it is longer than KNN_NUMBER_READ.  The value is
 * the nearest double, ties to even, and infinite beyond their range.
 */
const char *knn_number_read(const char *p, const char *end, double *value);

/* The double next to m * 10^exponent, which may be infinite or 0. */
double knn_number_value(uint64_t m, int exponent);

/*
 * Writes the shortest text that reads back as this finite value, always with
 * a point or an exponent ("1.0", "0.2", "1e+30"); returns its end, at most
 * KNN_NUMBER_WRITE bytes on.
 */
char *knn_number_write(char *p, double value);

/* The same for integers. */
char *knn_number_write_integer(char *p, int64_t value);
char *knn_number_write_unsigned(char *p, uint64_t value);


#endif /* KNN_NUMBER_H */
