
/*
 * Copyright (C) nginx-knn contributors
 */


/* Native files that are written, read again, and damaged. */


#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../model/codes.h"
#include "../../../model/native/native.h"
#include "fixture.h"


#define MAX_BYTES ((size_t) 1 << 30)
#define ROWS      20
#define ALL       (KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS)


static knn_error_t err;
static fixture_t   fixture;
static char        folder[64];
static char        path[128];


static void
setup(void)
{
    strcpy(folder, "/tmp/knn-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/model.safetensors", folder);
    memset(&err, 0, sizeof(err));
}


static void
teardown(void)
{
    unlink(path);
    ck_assert_msg(rmdir(folder) == 0, "a temporary file is left behind");
}


static void
write_parts(const knn_parts_t *parts)
{
    knn_status_e      rc;
    knn_model_t      *model;
    knn_native_meta_t meta;

    meta.name = "a \"name\"";
    meta.version = NULL;

    model = knn_model_build(parts, &err);
    ck_assert_msg(model != NULL, "%s", err.message);

    rc = knn_native_write(path, parts, model, &meta, &err);
    ck_assert_msg(rc == KNN_OK, "%s", err.message);
    knn_model_free(model);
}


/* The bytes of the file, for free(). */
static char *
file_bytes(size_t *size)
{
    char       *bytes;
    FILE       *file;
    struct stat st;

    ck_assert_int_eq(stat(path, &st), 0);
    *size = (size_t) st.st_size;
    bytes = fixture_alloc(*size, 1);

    file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);

    return bytes;
}


static knn_query_t *
ask(const knn_model_t *model, const double *q)
{
    void        *memory;
    size_t       size;
    knn_query_t *query;

    size = knn_query_size(model, ROWS, ALL);
    memory = aligned_alloc(KNN_ALIGNMENT, size);
    ck_assert_ptr_nonnull(memory);

    query = knn_query_init(memory, model, q, ROWS, ALL);
    ck_assert(knn_query_run(query, SIZE_MAX));

    return query;
}


/* Both models answer every row with the same bits. */
static void
check_same(const knn_model_t *model, const knn_model_t *other)
{
    size_t       i, d, k;
    double      *q;
    knn_query_t *a, *b;

    d = model->info.n_features;
    k = model->info.n_neighbors;
    q = fixture_alloc(ROWS * d, sizeof(double));

    for (i = 0; i < ROWS * d; i++) {
        q[i] = fixture_value(&fixture, 30, 0.1);
    }

    a = ask(model, q);
    b = ask(other, q);

    ck_assert_mem_eq(a->classes, b->classes, ROWS * sizeof(uint32_t));
    ck_assert_mem_eq(a->indices, b->indices, ROWS * k * sizeof(int64_t));
    ck_assert_mem_eq(a->distances, b->distances, ROWS * k * sizeof(double));
    ck_assert_mem_eq(a->proba, b->proba, ROWS * 3 * sizeof(double));
    ck_assert_mem_eq(a->novelty, b->novelty, ROWS * sizeof(double));

    free(a);
    free(b);
    free(q);
}


/* Every search, with full and with shared blocks, is used where it lies. */
START_TEST(round_trip)
{
    knn_model_t *built, *loaded;

    fixture_create(&fixture, (knn_algorithm_e) (_i % 3),
                   _i / 3 % 2 == 0 ? KNN_EUCLIDEAN : KNN_MINKOWSKI, 300, 3, 5,
                   _i / 6 == 0 ? 20 : 3, 0.5);
    fixture.parts.weights = KNN_DISTANCE;

    write_parts(&fixture.parts);
    built = fixture_build(&fixture);

    loaded = knn_model_load(path, MAX_BYTES, &err);
    ck_assert_msg(loaded != NULL, "%s", err.message);

    ck_assert_str_eq(loaded->info.name, "a \"name\"");
    ck_assert_ptr_null(loaded->info.version);
    ck_assert_str_eq(loaded->info.producer, built->info.producer);
    ck_assert_str_eq(loaded->info.metric, built->info.metric);
    ck_assert_uint_gt(loaded->info.n_golden, 0);

    ck_assert(loaded->source.mapped);
    ck_assert((char *) loaded->blocks > (char *) loaded->source.data
              && (char *) loaded->blocks
                     < (char *) loaded->source.data + loaded->source.size);

    check_same(built, loaded);

    knn_model_free(loaded);
    knn_model_free(built);
    fixture_destroy(&fixture);
}
END_TEST


/* Whether memory is the file's. */
static bool
is_mapped(const knn_model_t *model, const void *p)
{
    return (const char *) p > (const char *) model->source.data
           && (const char *) p
                  < (const char *) model->source.data + model->source.size;
}


/* Points, of floats and of doubles, and their codes, too. */
START_TEST(round_trip_codes)
{
    knn_model_t *built, *loaded;

    fixture_create(&fixture, (knn_algorithm_e) (_i % 3), KNN_EUCLIDEAN, 300, 9,
                   5, 20, _i / 3 == 0 ? 0.5 : 0.1);
    fixture.parts.search = "codes";

    write_parts(&fixture.parts);
    built = fixture_build(&fixture);

    loaded = knn_model_load(path, MAX_BYTES, &err);
    ck_assert_msg(loaded != NULL, "%s", err.message);

    ck_assert_str_eq(loaded->info.search, "codes");
    ck_assert_int_eq(loaded->narrow, _i / 3 == 0);
    ck_assert(is_mapped(loaded, loaded->points));
    ck_assert(is_mapped(loaded, loaded->rows));
    ck_assert(is_mapped(loaded, loaded->codes->codes));
    ck_assert(is_mapped(loaded, loaded->codes->sums));
    ck_assert(is_mapped(loaded, loaded->codes->errors));

    check_same(built, loaded);

    knn_model_free(loaded);
    knn_model_free(built);
    fixture_destroy(&fixture);
}
END_TEST


START_TEST(same_bytes)
{
    char  *first, *second;
    size_t size, again;

    fixture_create(&fixture, KNN_KD_TREE, KNN_EUCLIDEAN, 100, 3, 5, 10, 0.5);

    write_parts(&fixture.parts);
    first = file_bytes(&size);
    write_parts(&fixture.parts);
    second = file_bytes(&again);

    ck_assert_uint_eq(size, again);
    ck_assert_mem_eq(first, second, size);

    free(first);
    free(second);
    fixture_destroy(&fixture);
}
END_TEST


/* A new file has the mode of any other, an old one is replaced. */
START_TEST(replaced)
{
    mode_t      mask;
    struct stat st;

    fixture_create(&fixture, KNN_BRUTE, KNN_EUCLIDEAN, 10, 2, 1, 10, 0.5);

    mask = umask(027);
    write_parts(&fixture.parts);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0640);
    umask(mask);

    write_parts(&fixture.parts);
    fixture_destroy(&fixture);
}
END_TEST


START_TEST(not_written)
{
    size_t            i;
    knn_status_e      rc;
    knn_model_t      *model;
    knn_native_meta_t meta;

    static const char *const paths[] = {"/nowhere/at/all", "/dev/null", "/tmp"};

    memset(&meta, 0, sizeof(meta));
    fixture_create(&fixture, KNN_BRUTE, KNN_EUCLIDEAN, 10, 2, 1, 10, 0.5);
    model = fixture_build(&fixture);

    for (i = 0; i < 3; i++) {
        rc = knn_native_write(paths[i], &fixture.parts, model, &meta, &err);
        ck_assert_int_ne(rc, KNN_OK);
        ck_assert_msg(strncmp(err.message, paths[i], strlen(paths[i])) == 0,
                      "%s", err.message);
    }

    knn_model_free(model);
    fixture_destroy(&fixture);
}
END_TEST


/* Bytes are refused in one line or are a model that answers. */
static void
read_bytes(const char *bytes, size_t size)
{
    double       q[ROWS * 2];
    knn_model_t *model;
    knn_query_t *query;

    model = knn_model_read(bytes, size, "damaged", MAX_BYTES, &err);

    if (model == NULL) {
        ck_assert_msg(strncmp(err.message, "damaged: ", 9) == 0
                          && strchr(err.message, '\n') == NULL,
                      "%s", err.message);
        return;
    }

    ck_assert_uint_eq(model->info.n_features, 2);

    memset(q, 0, sizeof(q));
    query = ask(model, q);

    free(query);
    knn_model_free(model);
}


START_TEST(every_prefix)
{
    char  *bytes;
    size_t i, size;

    fixture_create(&fixture, KNN_KD_TREE, KNN_EUCLIDEAN, 20, 2, 2, 5, 0.5);
    write_parts(&fixture.parts);
    bytes = file_bytes(&size);

    for (i = 0; i < size; i++) {
        ck_assert_msg(knn_model_read(bytes, i, "cut", MAX_BYTES, &err) == NULL,
                      "the first %zu bytes are taken for a model", i);
    }

    free(bytes);
    fixture_destroy(&fixture);
}
END_TEST


START_TEST(every_byte)
{
    char  *bytes;
    size_t i, size;

    static const char flips[] = {0x01, 0x20, (char) 0x80};

    fixture_create(&fixture, _i == 0 ? KNN_KD_TREE : KNN_BALL_TREE,
                   KNN_EUCLIDEAN, 20, 2, 2, 5, 0.5);
    write_parts(&fixture.parts);
    bytes = file_bytes(&size);

    for (i = 0; i < size; i++) {
        bytes[i] ^= flips[i % sizeof(flips)];
        read_bytes(bytes, size);
        bytes[i] ^= flips[i % sizeof(flips)];
    }

    free(bytes);
    fixture_destroy(&fixture);
}
END_TEST


/* Where the bytes of a tensor begin. */
static char *
find_tensor(char *bytes, const char *name)
{
    char    *at;
    uint64_t length;

    memcpy(&length, bytes, sizeof(length));
    bytes[8 + length - 1] = '\0';
    at = strstr(bytes + 8, name);
    bytes[8 + length - 1] = ' ';
    ck_assert_msg(at != NULL, "no %s", name);
    at = strstr(at, "offsets\":[") + 10;

    return bytes + 8 + length + atol(at);
}


typedef struct {
    const char *tensor;
    size_t      at;
    const char *message;
} damage_t;


static const damage_t damages[] = {
    {"layout.blocks", 6, "\"layout.blocks\" is not what \"X\""},
    {"layout.rows", 0, "\"layout.rows\" is not what \"tree.idx_array\""},
    {"layout.pairs", 6, "\"layout.pairs\" is not what \"tree.bounds\""},
    {"layout.targets", 0, "\"layout.targets\" is not what \"y\""},
    {"layout.nearest", 7, "\"layout.nearest\" must have"},
    {"golden.classes", 0, "golden query 0: class "},
    {"golden.indices", 0, "golden query 0: neighbor 0 is row "},
    {"golden.distances", 6, "golden query 0: neighbor 0 is "},
    {"golden.novelty", 6, "golden query 0: the novelty is "},
    {"golden.first", 0, "\"golden.first\" must lead through"},
    {"golden.X", 7, "golden query 0"},
    {"\"X\"", 6, "tree"},
    {"\"y\"", 7, "class of training row 0"},
    {"tree.idx_array", 0, "idx_array"},
    {"tree.nodes", 16, "tree"},
    {"tree.radius", 7, "radius"},
};


static const damage_t code_damages[] = {
    {"layout.points", 2, "\"layout.points\" is not what \"X\""},
    {"layout.codes", 6, "\"layout.codes\" is not what \"X\""},
    {"layout.sums", 0, "\"layout.sums\" is not what \"X\""},
    {"layout.errors", 2, "\"layout.errors\" is not what \"X\""},
    {"layout.frame", 7, "\"layout.codes\" is not what \"X\""},
    {"layout.rows", 0, "\"layout.rows\" is not what \"X\""},
};


/* Damages a file that was written, which is refused then. */
static void
check_damage(const damage_t *damage)
{
    char        *bytes;
    size_t       size;
    knn_model_t *model;

    bytes = file_bytes(&size);

    find_tensor(bytes, damage->tensor)[damage->at] ^= (char) 0xc1;

    model = knn_model_read(bytes, size, "damaged", MAX_BYTES, &err);
    ck_assert_msg(model == NULL, "a wrong %s is not noticed", damage->tensor);
    ck_assert_msg(strstr(err.message, damage->message) != NULL,
                  "\"%s\" lacks \"%s\"", err.message, damage->message);

    free(bytes);
}


/* Parts of a file that contradict each other are refused by their names. */
START_TEST(damaged)
{
    fixture_create(&fixture, KNN_KD_TREE, KNN_EUCLIDEAN, 100, 2, 2, 5, 0.5);
    write_parts(&fixture.parts);
    check_damage(&damages[_i]);
    fixture_destroy(&fixture);
}
END_TEST


START_TEST(damaged_codes)
{
    fixture_create(&fixture, KNN_BRUTE, KNN_EUCLIDEAN, 100, 9, 2, 5, 0.1);
    fixture.parts.search = "codes";
    write_parts(&fixture.parts);
    check_damage(&code_damages[_i]);
    fixture_destroy(&fixture);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("native");
    tcase = tcase_create("native");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, round_trip, 0, 12);
    tcase_add_loop_test(tcase, round_trip_codes, 0, 6);
    tcase_add_loop_test(tcase, damaged_codes, 0,
                        sizeof(code_damages) / sizeof(code_damages[0]));
    tcase_add_test(tcase, same_bytes);
    tcase_add_test(tcase, replaced);
    tcase_add_test(tcase, not_written);
    tcase_add_test(tcase, every_prefix);
    tcase_add_loop_test(tcase, every_byte, 0, 2);
    tcase_add_loop_test(tcase, damaged, 0,
                        sizeof(damages) / sizeof(damages[0]));

    suite_add_tcase(suite, tcase);

    return suite;
}
