
/*
 * Copyright (C) nginx-knn contributors
 */


/* Every pass over a node that this processor can run, against plain loops. */


#include "fixture.h"

#include "../../../model/kernels/kernels.h"


/* more than there are kernels for any processor */
#define VARIANTS 8

#define CHILDREN KNN_WIDE_CHILDREN
#define FEATURES 40

static const knn_metric_e metrics[KNN_WIDE_KINDS] = {
    KNN_EUCLIDEAN, KNN_MANHATTAN, KNN_CHEBYSHEV};


/* a node, the rows of its children, and a point */
typedef struct {
    knn_space_t space;
    double      q[FEATURES];
    float       above[FEATURES];
    float       below[FEATURES];
    float       boxes[FEATURES * 2 * CHILDREN]
        __attribute__((aligned(KNN_ALIGNMENT)));
    double blocks[CHILDREN * FEATURES * KNN_LANES]
        __attribute__((aligned(KNN_ALIGNMENT)));
    uint32_t rows[CHILDREN * KNN_LANES];
} node_t;


/* Values of a lattice, wild ones, or small ones. */
static double
number(fixture_t *f, size_t round)
{
    switch (round % 3) {
    case 0:
        return fixture_value(f, 9, 1) - 4;
    case 1:
        return ldexp((double) fixture_random(f) - 0x1p30,
                     (int) (fixture_random(f) % 200) - 130);
    default:
        return ldexp((double) fixture_random(f) - 0x1p30, -30);
    }
}


/* Boxes need not be of the rows here; the last children may be missing. */
static void
create(node_t *node, fixture_t *f, size_t d, size_t children, size_t round)
{
    size_t i, j, c;
    double a, b;

    memset(node, 0, sizeof(node_t));
    node->space.n_features = d;

    for (j = 0; j < d; j++) {
        node->q[j] = number(f, round);
        node->above[j] = (float) node->q[j];
        node->below[j] = node->above[j];

        for (c = 0; c < CHILDREN; c++) {
            a = number(f, round);
            b = number(f, round);
            node->boxes[(2 * j) * CHILDREN + c] =
                (c < children) ? (float) fmin(a, b) : INFINITY;
            node->boxes[(2 * j + 1) * CHILDREN + c] =
                (c < children) ? (float) -fmax(a, b) : INFINITY;
        }
    }

    for (i = 0; i < CHILDREN * KNN_LANES; i++) {
        node->rows[i] = (uint32_t) (fixture_random(f) % 1000 * 1000 + i);

        for (j = 0; j < d; j++) {
            node->blocks[(i / KNN_LANES * d + j) * KNN_LANES + i % KNN_LANES] =
                (i % 11 == 10) ? INFINITY : number(f, round);
        }
    }
}


/* The key of a child, feature by feature. */
static uint32_t
key(const node_t *node, knn_wide_kind_e kind, size_t child)
{
    size_t       j;
    float        t, u;
    const float *box;

    union {
        float    number;
        uint32_t bits;
    } sum;

    sum.number = 0;
    box = node->boxes + child;

    for (j = 0; j < node->space.n_features; j++) {
        t = box[0] - node->above[j];
        u = box[CHILDREN] + node->below[j];
        t = (t > u) ? t : u;
        t = (t > 0) ? t : 0;

        sum.number = (kind == KNN_WIDE_SQUARES) ? sum.number + t * t
                     : (kind == KNN_WIDE_SUM)   ? sum.number + t
                     : (t > sum.number)         ? t
                                                : sum.number;
        box += 2 * CHILDREN;
    }

    return (sum.bits & ~(uint32_t) KNN_WIDE_CHILD) | (uint32_t) child;
}


/* All children of a node; limits are keys, and those before and after. */
static void
compare_look(const knn_kernels_t *kernels, const node_t *node,
             knn_wide_kind_e kind)
{
    size_t           c, l;
    uint32_t         got, expected, limit;
    uint32_t         keys[CHILDREN] __attribute__((aligned(KNN_ALIGNMENT)));
    knn_wide_point_t point;

    point = (knn_wide_point_t){.space = &node->space,
                               .q = node->q,
                               .above = node->above,
                               .below = node->below};

    for (l = 0; l < CHILDREN + 2; l++) {
        limit = (l < CHILDREN)    ? key(node, kind, l) + (uint32_t) (l % 3) - 1
                : (l == CHILDREN) ? KNN_WIDE_ALL
                                  : 0;
        memset(keys, 0xff, sizeof(keys));

        got = kernels->wides->look[kind](&point, node->boxes, limit, keys);

        for (expected = 0, c = 0; c < CHILDREN; c++) {
            if (keys[c] != key(node, kind, c)) {
                ck_abort_msg("%s, kind %d, %zu features, child %zu: %08x, "
                             "must be %08x",
                             kernels->name, kind, node->space.n_features, c,
                             keys[c], key(node, kind, c));
            }

            expected |= (uint32_t) (keys[c] <= limit) << c;
        }

        ck_assert_uint_eq(got, expected);
    }
}


START_TEST(look)
{
    int                  kind;
    size_t               d, round;
    node_t               node;
    fixture_t            f;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_at((size_t) _i);

    if (kernels == NULL) {
        return;
    }

    f.seed = 17;

    for (d = 1; d <= FEATURES; d++) {
        for (round = 0; round < 12; round++) {
            create(&node, &f, d, CHILDREN - round % 5 * 3, round);

            for (kind = 0; kind < KNN_WIDE_KINDS; kind++) {
                compare_look(kernels, &node, (knn_wide_kind_e) kind);
            }
        }
    }
}
END_TEST


START_TEST(next)
{
    size_t               c, n, round;
    uint32_t             got, least;
    uint32_t             keys[CHILDREN] __attribute__((aligned(KNN_ALIGNMENT)));
    uint32_t             left[CHILDREN];
    fixture_t            f;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_at((size_t) _i);

    if (kernels == NULL) {
        return;
    }

    f.seed = 19;

    for (round = 0; round < 1000; round++) {
        for (c = 0; c < CHILDREN; c++) {
            keys[c] = (uint32_t) (fixture_random(&f) % 3 << 4 | c);
            keys[c] += (round % 2 == 0) ? 0 : 0x7f000000;
        }

        memcpy(left, keys, sizeof(keys));

        for (n = 0; n <= CHILDREN; n++) {
            least = KNN_WIDE_NONE;

            for (c = 0; c < CHILDREN; c++) {
                least = (left[c] < least) ? left[c] : least;
            }

            if (least != KNN_WIDE_NONE) {
                left[least & KNN_WIDE_CHILD] = KNN_WIDE_NONE;
            }

            got = kernels->wides->next(keys);
            ck_assert_uint_eq(got, least);
            ck_assert_mem_eq(keys, left, sizeof(keys));
        }
    }
}
END_TEST


/* The blocks of a node by one kernel; returns how many. */
static size_t
take_node(const knn_kernels_t *kernels, const node_t *node,
          knn_wide_kind_e kind, uint32_t *keys, knn_wide_list_t *list)
{
    knn_wide_leaf_t  leaf;
    knn_wide_point_t point;

    leaf = (knn_wide_leaf_t){.blocks = node->blocks, .rows = node->rows};
    point = (knn_wide_point_t){.space = &node->space,
                               .q = node->q,
                               .above = node->above,
                               .below = node->below};

    (void) kernels->wides->look[kind](&point, node->boxes, list->limit, keys);

    return kernels->wides->take[kind](&point, &leaf, keys, list);
}


/* An empty list. */
static void
start(knn_wide_list_t *list, size_t k, size_t d)
{
    size_t i;

    memset(list, 0, sizeof(knn_wide_list_t));

    for (i = 0; i < CHILDREN; i++) {
        list->values[i] = INFINITY;
        list->rows[i] = UINT32_MAX;
    }

    list->k = k;
    list->margin = knn_wide_margin(d);
    list->limit = KNN_WIDE_ALL;
}


/* With every limit open, the list is that of all rows of the children. */
static void
compare_all(const node_t *node, size_t children, knn_wide_kind_e kind,
            const knn_wide_list_t *list)
{
    size_t      i, j, before, block;
    double      row[FEATURES], rdist[CHILDREN * KNN_LANES];
    knn_parts_t parts;

    memset(&parts, 0, sizeof(knn_parts_t));
    parts.metric = metrics[kind];
    parts.n_features = node->space.n_features;

    for (i = 0; i < children * KNN_LANES; i++) {
        block = i / KNN_LANES * parts.n_features;

        for (j = 0; j < parts.n_features; j++) {
            row[j] = node->blocks[(block + j) * KNN_LANES + i % KNN_LANES];
        }

        rdist[i] = plain_rdist(&parts, node->q, row);
    }

    for (i = 0; i < list->k; i++) {
        for (before = 0, j = 0; j < children * KNN_LANES; j++) {
            before += rdist[j] < list->values[i]
                      || (rdist[j] == list->values[i]
                          && node->rows[j] < list->rows[i]);
        }

        ck_assert_uint_eq(before, i);
    }
}


/* One kernel and generic's, which is compared with all rows. */
static void
compare_take(const knn_kernels_t *kernels, node_t *node, size_t children,
             knn_wide_kind_e kind, size_t k)
{
    size_t          n, d;
    uint32_t        keys[2][CHILDREN] __attribute__((aligned(KNN_ALIGNMENT)));
    knn_wide_list_t list[2];

    d = node->space.n_features;

    start(&list[0], k, d);
    start(&list[1], k, d);

    n = take_node(knn_kernels_find("generic"), node, kind, keys[0], &list[0]);

    ck_assert_uint_eq(take_node(kernels, node, kind, keys[1], &list[1]), n);
    ck_assert_mem_eq(list[0].values, list[1].values, k * sizeof(double));
    ck_assert_int_eq(list[0].values[k - 1] == list[0].values[k],
                     list[1].values[k - 1] == list[1].values[k]);
    ck_assert_mem_eq(list[0].rows, list[1].rows, k * sizeof(uint32_t));
    ck_assert_uint_eq(list[0].limit, list[1].limit);

    if (n == children) {
        compare_all(node, children, kind, &list[1]);
    }
}


START_TEST(take)
{
    int                  kind;
    size_t               d, k, round;
    node_t               node;
    fixture_t            f;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_at((size_t) _i);

    if (kernels == NULL) {
        return;
    }

    f.seed = 23;

    for (d = 1; d <= FEATURES; d += (d < 10) ? 1 : 6) {
        for (round = 0; round < 6; round++) {
            for (kind = 0; kind < KNN_WIDE_KINDS; kind++) {
                for (k = 1; k <= KNN_WIDE_ENOUGH; k++) {
                    create(&node, &f, d, CHILDREN - round % 5 * 3, round);
                    compare_take(kernels, &node, CHILDREN - round % 5 * 3,
                                 (knn_wide_kind_e) kind, k);
                }
            }
        }
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("kernels_wide");
    tcase = tcase_create("kernels_wide");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, look, 0, VARIANTS);
    tcase_add_loop_test(tcase, next, 0, VARIANTS);
    tcase_add_loop_test(tcase, take, 0, VARIANTS);
    suite_add_tcase(suite, tcase);

    return suite;
}
