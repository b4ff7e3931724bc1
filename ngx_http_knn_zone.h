
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What is counted, in memory that all workers share.  A model's series are a
 * block of the zone, which holds a slot of counters for each worker, to which
 * it adds without atomic operations, for nobody else does.  A worker that is
 * started while its predecessor finishes has no slot until then: such share
 * the first one.  A worker that is killed takes nothing with it.
 */


#ifndef _NGX_HTTP_KNN_ZONE_H_INCLUDED_
#define _NGX_HTTP_KNN_ZONE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


#define NGX_HTTP_KNN_CODES         27
#define NGX_HTTP_KNN_USUAL_CODES   10
#define NGX_HTTP_KNN_REFUSALS      12

#define NGX_HTTP_KNN_DURATIONS     19
#define NGX_HTTP_KNN_BATCHES       6
#define NGX_HTTP_KNN_NOVELTIES     5

#define NGX_HTTP_KNN_PAIRS         64

#define NGX_HTTP_KNN_BILLION       1000000000


/* of a bucket: an integer of the histogram's unit, and as the text has it */
typedef struct {
    uint64_t                      value;
    ngx_str_t                     le;
} ngx_http_knn_bound_t;


/*
 * The counters of one worker.  A histogram is a count for each bound, one for
 * what is above them, and the sum: of nanoseconds, of rows, of billionths.
 */
typedef struct {
    ngx_atomic_t                  codes[NGX_HTTP_KNN_CODES];
    ngx_atomic_t                  refusals[NGX_HTTP_KNN_REFUSALS];
    ngx_atomic_t                  request[NGX_HTTP_KNN_DURATIONS + 2];
    ngx_atomic_t                  search[NGX_HTTP_KNN_DURATIONS + 2];
    ngx_atomic_t                  rows[NGX_HTTP_KNN_BATCHES + 2];
    ngx_atomic_t                  novelty[NGX_HTTP_KNN_NOVELTIES + 2];
    ngx_atomic_t                  success;     /* of answered requests, ns */
    ngx_atomic_t                  parse;
    ngx_atomic_t                  encode;
    ngx_atomic_t                  queue;
    ngx_atomic_t                  last;        /* when it was, ms; not added */
    ngx_atomic_t                  classes[1];  /* and one for the outliers */
} ngx_http_knn_slot_t;


/* a traced request; one whose words are of several has a wrong check */
typedef struct {
    ngx_atomic_t                  trace[2];
    ngx_atomic_t                  duration;    /* nanoseconds */
    ngx_atomic_t                  time;        /* milliseconds */
    ngx_atomic_t                  check;
} ngx_http_knn_exemplar_t;


/* the block of one model, with its slots behind it */
typedef struct {
    ngx_queue_t                   queue;
    u_char                        key[16];
    ngx_uint_t                    number;      /* never given twice */
    ngx_uint_t                    generation;  /* the last one that has it */
    size_t                        slot_size;
    u_char                       *slots;
    ngx_http_knn_exemplar_t       exemplars[NGX_HTTP_KNN_DURATIONS + 1];
} ngx_http_knn_series_t;


/* written by one worker; what a killed one leaves does not count */
typedef struct {
    ngx_atomic_t                  pid;
    ngx_uint_t                    generation;
    ngx_uint_t                    in_flight;
    ngx_uint_t                    waiting;
    u_char                        padding[32];
} ngx_http_knn_process_t;


/* rows that a shadow answered as its primary, or not */
typedef struct {
    ngx_atomic_t                  key;         /* numbers; 0: free */
    ngx_atomic_t                  agree;
    ngx_atomic_t                  differ;
    u_char                        padding[40];
} ngx_http_knn_pair_t;


#define NGX_HTTP_KNN_PAIR_SHIFT  (sizeof(ngx_atomic_uint_t) * 4)

#define ngx_http_knn_pair_primary(pair)                                       \
    ((pair)->key >> NGX_HTTP_KNN_PAIR_SHIFT)

#define ngx_http_knn_pair_shadow(pair)                                        \
    ((pair)->key                                                              \
     & (((ngx_atomic_uint_t) 1 << NGX_HTTP_KNN_PAIR_SHIFT) - 1))


typedef struct {
    ngx_queue_t                   series;
    ngx_uint_t                    numbers;
    ngx_uint_t                    generations;
    ngx_uint_t                    slots;       /* the first one is shared */
    ngx_atomic_t                 *owners;      /* of slots; 0: nobody */
    ngx_uint_t                    n_processes;
    ngx_http_knn_process_t       *processes;
    ngx_http_knn_pair_t           pairs[NGX_HTTP_KNN_PAIRS];
} ngx_http_knn_zone_sh_t;


/* of one model of a configuration */
typedef struct {
    u_char                        key[16];
    ngx_uint_t                    n_classes;   /* the outliers' included */
    ngx_str_t                    *classes;     /* as label values have them */
    ngx_http_knn_series_t        *series;      /* NULL: the zone is full */
} ngx_http_knn_metrics_t;


typedef struct {
    size_t                        size;
    ngx_core_conf_t              *core;
    ngx_uint_t                    generation;
    ngx_http_knn_zone_sh_t       *sh;
    ngx_http_knn_metrics_t        unknown;     /* of requests without model */
} ngx_http_knn_zone_t;


#endif /* _NGX_HTTP_KNN_ZONE_H_INCLUDED_ */
