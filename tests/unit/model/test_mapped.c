
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Native files that are mapped: they answer as those that are read, and
 * whatever their numbers become, no query leaves the file.
 */


#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../model/codes.h"
#include "../../../model/load.h"
#include "../../../model/wide.h"
#include "fixture.h"


#define MAX_BYTES ((size_t) 1 << 30)
#define ROWS      20

/* what numbers are filled with; the last is minus a lot, as a float */
#define FILLS     7
#define FILL_LESS 6


/* a model, and what is big in its file */
typedef struct {
    knn_algorithm_e algorithm;
    knn_metric_e    metric;
    const char     *search;
    knn_estimator_e estimator;
    size_t          n;
    size_t          d;
    int64_t         k;
    size_t          leaf_size;
    knn_weights_e   weights;
} shape_t;


static const shape_t shapes[] = {
    {KNN_KD_TREE, KNN_EUCLIDEAN, "quick", KNN_CLASSIFIER, 300, 3, 5, 20,
     KNN_DISTANCE},
    {KNN_KD_TREE, KNN_MINKOWSKI, "heap", KNN_CLASSIFIER, 300, 3, 5, 3,
     KNN_UNIFORM},
    {KNN_BALL_TREE, KNN_CHEBYSHEV, "wide", KNN_CLASSIFIER, 300, 3, 40, 20,
     KNN_UNIFORM},
    {KNN_BALL_TREE, KNN_CANBERRA, "heap", KNN_REGRESSOR, 300, 3, 5, 7,
     KNN_DISTANCE},
    {KNN_KD_TREE, KNN_EUCLIDEAN, "wide", KNN_CLASSIFIER, 900, 3, 5, 30,
     KNN_UNIFORM},
    {KNN_BALL_TREE, KNN_MANHATTAN, "wide", KNN_CLASSIFIER, 900, 3, 20, 30,
     KNN_DISTANCE},
    {KNN_BRUTE, KNN_EUCLIDEAN, "wide", KNN_CLASSIFIER, 2501, 3, 5, 0,
     KNN_UNIFORM},
    {KNN_BRUTE, KNN_EUCLIDEAN, "wide", KNN_REGRESSOR, 2501, 3, 20, 0,
     KNN_DISTANCE},
    {KNN_BRUTE, KNN_EUCLIDEAN, "scan", KNN_CLASSIFIER, 299, 3, 5, 0,
     KNN_UNIFORM},
    {KNN_BRUTE, KNN_CHEBYSHEV, "serial", KNN_CLASSIFIER, 299, 3, 40, 0,
     KNN_UNIFORM},
    {KNN_BRUTE, KNN_CORRELATION, "serial", KNN_CLASSIFIER, 299, 3, 5, 0,
     KNN_UNIFORM},
    {KNN_BRUTE, KNN_EUCLIDEAN, "lowest", KNN_CLASSIFIER, 299, 3, 5, 0,
     KNN_UNIFORM},
    {KNN_BRUTE, KNN_MANHATTAN, "serial", KNN_CLASSIFIER, 299, 3, 5, 0,
     KNN_UNIFORM},
    {KNN_BRUTE, KNN_EUCLIDEAN, "codes", KNN_CLASSIFIER, 701, 9, 5, 0,
     KNN_UNIFORM},
    {KNN_KD_TREE, KNN_EUCLIDEAN, "codes", KNN_REGRESSOR, 701, 20, 40, 20,
     KNN_DISTANCE},
    {KNN_BALL_TREE, KNN_EUCLIDEAN, "codes", KNN_CLASSIFIER, 3701, 9, 5, 20,
     KNN_UNIFORM},
    {KNN_KD_TREE, KNN_EUCLIDEAN, "quick", KNN_RADIUS_CLASSIFIER, 300, 3, 0, 20,
     KNN_UNIFORM},
    {KNN_BRUTE, KNN_MANHATTAN, "quick", KNN_RADIUS_REGRESSOR, 299, 3, 0, 0,
     KNN_DISTANCE},
    {KNN_BALL_TREE, KNN_EUCLIDEAN, "quick", KNN_RADIUS_CLASSIFIER, 300, 3, 0, 3,
     KNN_DISTANCE},
};

#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))


static knn_error_t err;
static fixture_t   fixture;
static double     *values;
static char        folder[64];
static char        path[128];


static void
setup(void)
{
    strcpy(folder, "/tmp/knn-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/model.safetensors", folder);
    memset(&err, 0, sizeof(err));
    values = NULL;
}


static void
teardown(void)
{
    fixture_destroy(&fixture);
    free(values);
    unlink(path);
    ck_assert_msg(rmdir(folder) == 0, "a temporary file is left behind");
}


/* Writes a model. */
static void
write_shape(const shape_t *shape)
{
    size_t            i;
    knn_status_e      rc;
    knn_parts_t      *parts;
    knn_model_t      *model;
    knn_native_meta_t meta;

    memset(&meta, 0, sizeof(meta));
    fixture_create(&fixture, shape->algorithm, shape->metric, shape->n,
                   shape->d, shape->k, shape->leaf_size, 0.1);

    parts = &fixture.parts;
    parts->search = shape->search;
    parts->estimator = shape->estimator;
    parts->weights = shape->weights;
    parts->radius = 0.2;
    fixture.outputs[0].outlier = &fixture.labels[0];

    if (shape->estimator == KNN_REGRESSOR
        || shape->estimator == KNN_RADIUS_REGRESSOR)
    {
        values = fixture_alloc(shape->n, sizeof(double));

        for (i = 0; i < shape->n; i++) {
            values[i] = fixture_value(&fixture, 30, 0.1);
        }

        parts->y = NULL;
        parts->values = values;
    }

    model = knn_model_build(parts, &err);
    ck_assert_msg(model != NULL, "%s", err.message);

    rc = knn_native_write(path, parts, model, &meta, &err);
    ck_assert_msg(rc == KNN_OK, "%s", err.message);
    knn_model_free(model);
}


static knn_model_t *
map_model(void)
{
    knn_model_t *model;

    model = knn_model_map(path, &err);
    ck_assert_msg(model != NULL, "%s", err.message);

    return model;
}


/* What a model says of points within and beyond its rows. */
static knn_query_t *
ask(const knn_model_t *model, size_t rows, double *q)
{
    void        *memory;
    size_t       i, size;
    knn_query_t *query;

    for (i = 0; i < rows * model->info.n_features; i++) {
        q[i] = fixture_value(&fixture, 60, 0.01) - 0.05;
    }

    size = knn_query_size(model, rows, model->info.serves);
    memory = aligned_alloc(KNN_ALIGNMENT, size);
    ck_assert_ptr_nonnull(memory);

    /* what is used before it is set leads far away */

    memset(memory, 0xa5, size);

    query = knn_query_init(memory, model, q, rows, model->info.serves);
    ck_assert(knn_query_run(query, SIZE_MAX));

    return query;
}


static bool
is_mapped(const knn_model_t *model, const void *p)
{
    return (const char *) p > (const char *) model->source.data
           && (const char *) p
                  < (const char *) model->source.data + model->source.size;
}


static void
check_equal(const void *a, const void *b, size_t size)
{
    ck_assert_int_eq(a == NULL, b == NULL);

    if (a != NULL) {
        ck_assert_mem_eq(a, b, size);
    }
}


/* The same bits in all results. */
static void
check_same(const knn_model_t *model, const knn_model_t *other)
{
    size_t       n;
    double      *q;
    uint64_t     seed;
    knn_query_t *a, *b;

    q = fixture_alloc(ROWS * model->info.n_features, sizeof(double));

    seed = fixture.seed;
    a = ask(model, ROWS, q);
    fixture.seed = seed;
    b = ask(other, ROWS, q);

    ck_assert_uint_eq(a->done, ROWS);
    ck_assert_uint_eq(b->done, ROWS);
    check_equal(a->first, b->first, (ROWS + 1) * sizeof(size_t));

    n = a->first[ROWS];
    check_equal(a->classes, b->classes, ROWS * sizeof(uint32_t));
    check_equal(a->values, b->values, ROWS * sizeof(double));
    check_equal(a->indices, b->indices, n * sizeof(int64_t));
    check_equal(a->distances, b->distances, n * sizeof(double));
    check_equal(a->proba, b->proba, ROWS * model->n_classes * sizeof(double));
    check_equal(a->novelty, b->novelty, ROWS * sizeof(double));

    free(a);
    free(b);
    free(q);
}


/* Whichever way is gone, all that is large stays in the file. */
START_TEST(same_answers)
{
    const char  *search;
    knn_model_t *mapped, *loaded;

    write_shape(&shapes[_i]);
    mapped = map_model();
    loaded = knn_model_load(path, MAX_BYTES, &err);
    ck_assert_msg(loaded != NULL, "%s", err.message);

    search = mapped->within ? "within" : shapes[_i].search;
    ck_assert_str_eq(loaded->info.search, mapped->info.search);
    ck_assert_str_eq(mapped->info.search, search);
    ck_assert(mapped->info.mapped && !loaded->info.mapped);
    ck_assert_uint_eq(mapped->info.n_golden, loaded->info.n_golden);
    check_equal(mapped->info.ranges, loaded->info.ranges,
                mapped->info.n_features * sizeof(knn_range_t));

    ck_assert(is_mapped(mapped, mapped->rows));
    ck_assert(is_mapped(mapped, (mapped->values != NULL)
                                    ? (const void *) mapped->values
                                    : (const void *) mapped->targets));
    ck_assert(is_mapped(mapped, (mapped->codes != NULL)
                                    ? mapped->points
                                    : (const void *) mapped->blocks));

    if (mapped->wide != NULL) {
        ck_assert(is_mapped(mapped, mapped->wide->boxes));
    }

    check_same(loaded, mapped);

    knn_model_free(loaded);
    knn_model_free(mapped);
}
END_TEST


/* A model keeps what it was mapped from when another file takes its name. */
START_TEST(renamed)
{
    char         old[sizeof(path) + 4];
    knn_model_t *mapped, *loaded, *other;

    write_shape(&shapes[0]);
    loaded = knn_model_load(path, MAX_BYTES, &err);
    ck_assert_ptr_nonnull(loaded);
    mapped = map_model();

    snprintf(old, sizeof(old), "%s.old", path);
    ck_assert_int_eq(rename(path, old), 0);
    ck_assert_int_eq(unlink(old), 0);
    check_same(loaded, mapped);

    fixture_destroy(&fixture);
    write_shape(&shapes[2]);
    other = map_model();
    ck_assert_str_ne(other->info.sha256, mapped->info.sha256);
    check_same(loaded, mapped);

    knn_model_free(other);
    knn_model_free(mapped);
    knn_model_free(loaded);
}
END_TEST


/* Fills memory with what numbers may become. */
static void
fill(uint8_t *bytes, size_t size, size_t how)
{
    size_t i;
    double number;

    static const double numbers[] = {NAN, INFINITY, -INFINITY, 0, 1e-3, -1e300};

    for (i = 0; i < size; i++) {
        number = numbers[fixture_random(&fixture) % 6];

        switch (how) {

        case 0:
            bytes[i] = 0xff;
            break;

        case 1:
            bytes[i] = 0;
            break;

        case 2: /* doubles that are hard, on their boundaries */

            if (i % sizeof(double) == 0 && i + sizeof(double) <= size) {
                memcpy(bytes + i, &number, sizeof(double));
            }

            break;

        case 3: /* one here and there */

            if (fixture_random(&fixture) % 50 == 0) {
                bytes[i] = (uint8_t) fixture_random(&fixture);
            }

            break;

        case FILL_LESS:
            bytes[i] = 0xcb;
            break;

        default:
            bytes[i] = (uint8_t) fixture_random(&fixture);
        }
    }
}


/* Writes over what a model has in its file, which it sees at once. */
static void
spoil(const knn_model_t *model, const void *p, size_t size, size_t how)
{
    int      fd;
    off_t    at;
    ssize_t  n;
    uint8_t *bytes;

    if (p == NULL || !is_mapped(model, p)) {
        return;
    }

    at = (const char *) p - (const char *) model->source.data;
    bytes = fixture_alloc(size, 1);

    fd = open(path, O_RDWR);
    ck_assert_int_ne(fd, -1);

    n = pread(fd, bytes, size, at);
    ck_assert_int_eq(n, (ssize_t) size);
    fill(bytes, size, how);
    n = pwrite(fd, bytes, size, at);
    ck_assert_int_eq(n, (ssize_t) size);

    close(fd);
    free(bytes);
}


/*
 * All numbers that are not read when a file is mapped, but for children of the
 * index that there are not and for the last block of codes.
 */
static void
spoil_numbers(const knn_model_t *model, size_t how)
{
    size_t             i, j, d, n;
    const knn_wide_t  *wide;
    const knn_codes_t *codes;

    d = model->space.n_features;
    n = model->info.n_samples;
    wide = model->wide;
    codes = model->codes;

    spoil(model, model->blocks,
          model->n_blocks * KNN_LANES * d * sizeof(double), how);
    spoil(model, model->points,
          n * d * (model->narrow ? sizeof(float) : sizeof(double)), how);

    if (model->pairs != NULL) {
        spoil(
            model, model->pairs,
            (size_t) (model->root - model->pairs + (ptrdiff_t) model->pair_size)
                * sizeof(double),
            how);
    }

    for (i = 0; wide != NULL && i < wide->n_nodes * wide->stride; i++) {
        j = i;

        while (j < wide->n_nodes * wide->stride && wide->boxes[j] != INFINITY) {
            j++;
        }

        if (j > i) {
            spoil(model, wide->boxes + i, (j - i) * sizeof(float), how);
        }

        i = j;
    }

    /* of codes the last block, whose lanes may be empty, is checked */

    n = (codes == NULL) ? 0 : codes->n_blocks - 1;

    if (codes != NULL && how != FILL_LESS) {
        spoil(model, codes->codes, n * codes->n_groups * KNN_CODES_BYTES, how);
        spoil(model, codes->sums, n * KNN_CODES_ROWS * sizeof(int32_t), how);
    }

    if (codes != NULL) {
        spoil(model, codes->errors, n * sizeof(float), how);
    }
}


/* Writes over a piece of the file, as it is mapped. */
static void
overwrite(ptrdiff_t at, const void *bytes, size_t size)
{
    int     fd;
    ssize_t n;

    fd = open(path, O_WRONLY);
    ck_assert_int_ne(fd, -1);
    n = pwrite(fd, bytes, size, at);
    ck_assert_int_eq(n, (ssize_t) size);
    close(fd);
}


/* Answers are of rows and classes that there are. */
static void
check_bounded(const knn_model_t *model, size_t rows)
{
    size_t       i;
    double      *q;
    knn_query_t *query;

    q = fixture_alloc(rows * model->info.n_features, sizeof(double));
    query = ask(model, rows, q);

    for (i = 0; query->classes != NULL && i < query->done; i++) {
        ck_assert(query->classes[i] < FIXTURE_CLASSES
                  || query->classes[i] == KNN_CLASS_OUTLIER);
    }

    for (i = 0; i < query->first[query->done]; i++) {
        ck_assert(query->indices[i] >= 0
                  && (size_t) query->indices[i] < model->info.n_samples);
    }

    for (i = 0; i < query->done; i++) {
        ck_assert(query->novelty[i] >= 0 && query->novelty[i] <= 1);
    }

    free(query);
    free(q);
}


/* No numbers lead out of the file, into a loop, or to what is no row. */
START_TEST(any_numbers)
{
    size_t       how;
    uint32_t    *places;
    double      *row;
    knn_model_t *model;

    for (how = 0; how < FILLS; how++) {
        write_shape(&shapes[_i]);
        model = map_model();
        spoil_numbers(model, how);

        check_bounded(model, ROWS);
        check_bounded(model, 1);

        places = fixture_alloc(model->info.n_samples, sizeof(uint32_t));
        row = fixture_alloc(knn_model_row_size(model), sizeof(double));
        knn_model_places(model, places);
        knn_model_row(model, places, (int64_t) model->info.n_samples - 1, row);

        free(row);
        free(places);
        knn_model_free(model);
        fixture_destroy(&fixture);
        memset(&fixture, 0, sizeof(fixture));
        free(values);
        values = NULL;
    }
}
END_TEST


/* The bytes of the file, for free(). */
static char *
file_bytes(size_t *size)
{
    char       *bytes;
    FILE       *file;
    struct stat st;

    ck_assert_int_eq(stat(path, &st), 0);
    *size = (size_t) st.st_size;
    bytes = fixture_alloc(*size + 8, 1);

    file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);

    return bytes;
}


static void
write_bytes(const char *bytes, size_t size)
{
    FILE *file;

    ck_assert_int_eq(unlink(path), 0);
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}


static void
check_refused(const char *reason)
{
    knn_model_t *model;

    model = knn_model_map(path, &err);
    ck_assert_msg(model == NULL, "a file is mapped that must not be");
    ck_assert_msg(strstr(err.message, reason) != NULL
                      && strncmp(err.message, path, strlen(path)) == 0,
                  "\"%s\" lacks \"%s\"", err.message, reason);
}


/* A file that ends too early, wherever that is. */
START_TEST(truncated)
{
    size_t i, size;

    write_shape(&shapes[0]);
    free(file_bytes(&size));

    for (i = size - 1; i > 0; i -= (i > 300) ? 97 : 1) {
        ck_assert_int_eq(truncate(path, (off_t) i), 0);
        check_refused("");
    }
}
END_TEST


/* Tensors that do not lie where kernels can use them: read, but not mapped. */
START_TEST(misaligned)
{
    char        *bytes;
    size_t       size;
    uint64_t     length;
    knn_model_t *model;

    write_shape(&shapes[0]);
    bytes = file_bytes(&size);

    memcpy(&length, bytes, sizeof(length));
    memmove(bytes + 8 + length + 8, bytes + 8 + length, size - 8 - length);
    memset(bytes + 8 + length, ' ', 8);
    length += 8;
    memcpy(bytes, &length, sizeof(length));
    write_bytes(bytes, size + 8);

    check_refused("is not laid out to be mapped, write it anew with knn");

    model = knn_model_load(path, MAX_BYTES, &err);
    ck_assert_msg(model != NULL, "%s", err.message);
    knn_model_free(model);
    free(bytes);
}
END_TEST


/* What is no native file, and one that somebody else has written. */
START_TEST(not_native)
{
    static const char bare[] =
        "{\"__metadata__\":{\"estimator\":\"KNeighborsRegressor\","
        "\"n_neighbors\":\"1\"},\"X\":{\"dtype\":\"F64\",\"shape\":[1,1],"
        "\"data_offsets\":[0,8]},\"y\":{\"dtype\":\"F64\",\"shape\":[1],"
        "\"data_offsets\":[8,16]}}";

    char         bytes[8 + sizeof(bare) - 1 + 16];
    uint64_t     length;
    knn_model_t *model;

    write_shape(&shapes[0]);
    write_bytes("\x80\x04N.", 4);
    check_refused("is no native file, which alone can be mapped");

    length = sizeof(bare) - 1;
    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, bare, length);
    write_bytes(bytes, sizeof(bytes));
    check_refused("is not laid out to be mapped, write it anew with knn");

    model = knn_model_load(path, MAX_BYTES, &err);
    ck_assert_msg(model != NULL, "%s", err.message);
    knn_model_free(model);

    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    check_refused("is a directory, name a regular file");
    ck_assert_int_eq(rmdir(path), 0);
}
END_TEST


/* A byte that is another: in what is read it is found, else nothing happens. */
START_TEST(any_byte)
{
    char        *bytes;
    size_t       i, size;
    knn_model_t *model;

    static const char bit = 0x20;

    write_shape(&shapes[_i]);
    bytes = file_bytes(&size);

    for (i = 0; i < size; i += 1 + fixture_random(&fixture) % (size / 100)) {
        bytes[i] ^= bit;
        write_bytes(bytes, size);
        bytes[i] ^= bit;

        model = knn_model_map(path, &err);

        if (model != NULL && model->info.n_features == shapes[_i].d) {
            check_bounded(model, ROWS);
        }

        if (model != NULL) {
            knn_model_free(model);
        }
    }

    free(bytes);
}
END_TEST


/* Where the bytes of a tensor begin. */
static char *
find_tensor(char *bytes, const char *name)
{
    char    *at, last;
    uint64_t length;

    memcpy(&length, bytes, sizeof(length));
    last = bytes[8 + length - 1];
    bytes[8 + length - 1] = '\0';
    at = strstr(bytes + 8, name);
    bytes[8 + length - 1] = last;
    ck_assert_msg(at != NULL, "no %s", name);
    at = strstr(at, "offsets\":[") + 10;

    return bytes + 8 + length + atol(at);
}


/* What leads from one place to another is checked in a mapped file, too. */
START_TEST(damaged)
{
    char  *bytes;
    size_t size;

    static const struct {
        size_t      shape;
        const char *tensor;
        size_t      at;
        const char *message;
    } damages[] = {
        {0, "layout.rows", 1, "\"layout.rows\" is not"},
        {0, "layout.order", 0, "\"layout.rows\" is not"},
        {0, "layout.targets", 0, "\"layout.targets\" is not"},
        {0, "layout.nearest", 7, "\"layout.nearest\" must"},
        {0, "tree.nodes", 16, "is_leaf of node 0"},
        {6, "layout.rows", 1, "\"layout.rows\" is not"},
        {6, "layout.firsts", 3, "\"layout.boxes\" is not"},
        {6, "layout.middle", 7, "\"layout.boxes\" is not"},
        {6, "layout.boxes", 15 * 4 + 3, "\"layout.boxes\" is not"},
        {13, "layout.frame", 9 * 8 + 7, "\"layout.frame\" is not"},
        {13, "layout.rows", 1, "\"layout.rows\" is not"},
        {3, "\"y\"", 7, "target of training row 0"},
    };

    write_shape(&shapes[damages[_i].shape]);
    bytes = file_bytes(&size);

    find_tensor(bytes, damages[_i].tensor)[damages[_i].at] ^= (char) 0xff;

    if (strcmp(damages[_i].tensor, "\"y\"") == 0
        || strcmp(damages[_i].tensor, "layout.middle") == 0)
    {
        find_tensor(bytes, damages[_i].tensor)[6] |= (char) 0xf0;
        find_tensor(bytes, damages[_i].tensor)[7] = 0x7f;
    }

    write_bytes(bytes, size);
    check_refused(damages[_i].message);
    free(bytes);
}
END_TEST


/* Maps a file that is accepted, or not, and asks it. */
static bool
check_harmless(void)
{
    knn_model_t *model;

    model = knn_model_map(path, &err);

    if (model == NULL) {
        return false;
    }

    check_bounded(model, ROWS);
    knn_model_free(model);

    return true;
}


/* Rows in other lanes, also in those that stay empty, before and after. */
START_TEST(exchanged)
{
    char        *bytes, *tensor;
    size_t       i, j, n, size, round;
    uint32_t    *rows, row;
    knn_model_t *model;

    write_shape(&shapes[_i]);
    model = map_model();
    bytes = file_bytes(&size);
    tensor = find_tensor(bytes, "layout.rows");

    n = 8 * ((shapes[_i].n + 7) / 8);
    rows = fixture_alloc(n, sizeof(uint32_t));
    memcpy(rows, tensor, n * sizeof(uint32_t));

    for (round = 0; round < 20; round++) {
        for (i = 0; i < n; i++) {
            j = fixture_random(&fixture) % n;
            row = rows[i];
            rows[i] = rows[j];
            rows[j] = row;
        }

        memcpy(tensor, rows, n * sizeof(uint32_t));
        overwrite(tensor - bytes, rows, n * sizeof(uint32_t));
        check_bounded(model, ROWS);

        if (!check_harmless()) {
            ck_assert_msg(strstr(err.message, "golden query") != NULL
                              || strstr(err.message, "layout.rows") != NULL,
                          "%s", err.message);
        }
    }

    knn_model_free(model);
    free(rows);
    free(bytes);
}
END_TEST


/* The radius of the root says how far the index must look. */
START_TEST(inside_out)
{
    char        *bytes;
    size_t       i, size, root;
    double       radius;
    knn_model_t *model;

    static const size_t balls[] = {2, 5};
    static const double radii[] = {-1e300, -1, NAN, -INFINITY, INFINITY};

    for (i = 0; i < 10; i++) {
        write_shape(&shapes[balls[i % 2]]);
        model = map_model();
        root = (size_t) ((const char *) model->root
                         - (const char *) model->source.data);
        knn_model_free(model);

        radius = radii[i / 2];
        bytes = file_bytes(&size);
        memcpy(bytes + root, &radius, sizeof(double));
        write_bytes(bytes, size);
        ck_assert(check_harmless());

        free(bytes);
        fixture_destroy(&fixture);
        memset(&fixture, 0, sizeof(fixture));
    }
}
END_TEST


/* No rows, or no features, but points of them. */
START_TEST(nothing)
{
    char        *header;
    uint64_t     length;
    knn_model_t *model;

    static const char *const shape[] = {"[1,0]", "[0,2]",
                                        "[0,4611686018427387904]"};

    write_shape(&shapes[0]);
    header = fixture_alloc(1000, 1);
    length = (uint64_t) snprintf(
        header + 8, 900,
        "{\"__metadata__\":{\"estimator\":\"KNeighborsRegressor\","
        "\"n_neighbors\":\"1\",\"layout\":\"2\"},"
        "\"X\":{\"dtype\":\"F64\",\"shape\":%s,\"data_offsets\":[0,0]},"
        "\"layout.points\":{\"dtype\":\"F64\",\"shape\":%s,"
        "\"data_offsets\":[0,0]},\"y\":{\"dtype\":\"F64\",\"shape\":[0],"
        "\"data_offsets\":[0,0]}}",
        shape[_i], shape[_i]);
    memcpy(header, &length, sizeof(length));
    write_bytes(header, 8 + length);

    ck_assert(!check_harmless());
    model = knn_model_load(path, MAX_BYTES, &err);
    ck_assert_msg(model == NULL, "a model of nothing is loaded");

    free(header);
}
END_TEST


/* The metadata tells when any number of the tensors is another. */
START_TEST(intact)
{
    char  *bytes;
    size_t size;

    write_shape(&shapes[0]);
    ck_assert_int_eq(knn_file_intact(path, &err), KNN_OK);

    bytes = file_bytes(&size);
    find_tensor(bytes, "\"X\"")[0] ^= 1;
    write_bytes(bytes, size);

    ck_assert_int_eq(knn_file_intact(path, &err), KNN_INCONSISTENT);
    ck_assert_msg(strstr(err.message, "are no longer those that were written"),
                  "%s", err.message);

    write_bytes("\x80\x04N.", 4);
    ck_assert_int_eq(knn_file_intact(path, &err), KNN_OK);

    free(bytes);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("mapped");
    tcase = tcase_create("mapped");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, same_answers, 0, SHAPES);
    tcase_add_loop_test(tcase, any_numbers, 0, SHAPES);
    tcase_add_loop_test(tcase, any_byte, 0, SHAPES);
    tcase_add_loop_test(tcase, damaged, 0, 12);
    tcase_add_loop_test(tcase, exchanged, 0, SHAPES);
    tcase_add_loop_test(tcase, nothing, 0, 3);
    tcase_add_test(tcase, inside_out);
    tcase_add_test(tcase, renamed);
    tcase_add_test(tcase, truncated);
    tcase_add_test(tcase, misaligned);
    tcase_add_test(tcase, not_native);
    tcase_add_test(tcase, intact);

    suite_add_tcase(suite, tcase);

    return suite;
}
