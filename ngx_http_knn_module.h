
/*
 * Copyright (C) nginx-knn contributors
 */


#ifndef _NGX_HTTP_KNN_MODULE_H_INCLUDED_
#define _NGX_HTTP_KNN_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "codec/document/document.h"
#include "codec/document/openapi.h"
#include "codec/reply/reply.h"
#include "codec/request/request.h"
#include "codec/document/samples.h"
#include "model/knn.h"
#include "ngx_http_knn_zone.h"


#define NGX_HTTP_KNN_VERSION_PARTS  3
#define NGX_HTTP_KNN_VERSION_DIGITS 9
#define NGX_HTTP_KNN_VERSION_LEN                                              \
    (NGX_HTTP_KNN_VERSION_PARTS * (NGX_HTTP_KNN_VERSION_DIGITS + 1) - 1)

/* how long the event loop is held at a time, nanoseconds */
#define NGX_HTTP_KNN_SLICE          200000

/* what some rows of most models need */
#define NGX_HTTP_KNN_ROOM_SIZE      32768


/* a model file that was read, for every configuration that names it */
typedef struct {
    knn_model_t               *model;
    time_t                     time;           /* when it was read */
    ngx_file_info_t            fi;
    ngx_uint_t                 mapped;
    ngx_uint_t                 settled;        /* fi will tell of changes */
    ngx_uint_t                 count;          /* models that are made of it */
} ngx_http_knn_loaded_t;


/* a text about a model is about one version of it, or about all of them */
#define NGX_HTTP_KNN_ALL_VERSIONS   1


typedef struct {
    ngx_str_t                  name;
    ngx_str_t                  version;
    ngx_str_t                  label;          /* len 0: none */
    ngx_str_t                  id;             /* "name@version" */
    ngx_str_t                  file;
    ngx_uint_t                 mapped;         /* the file, not read */
    ngx_uint_t                 parts[NGX_HTTP_KNN_VERSION_PARTS];

    ngx_http_knn_loaded_t     *loaded;         /* NULL in a signaller */
    ngx_uint_t                 kept;           /* by the last reload */
    knn_model_t               *model;
    knn_reply_t               *reply;
    const knn_model_info_t    *info;
    ngx_str_t                  document;       /* of malloc() */
    knn_samples_t             *samples;        /* NULL: not shown */
    ngx_http_knn_metrics_t     metrics;

    ngx_str_t                  ready[2];
    ngx_str_t                  v1_status[2];
    ngx_str_t                  v1_metadata[2];
    ngx_str_t                  v2_metadata[2];
    ngx_str_t                  v2_config;      /* a part of it */
} ngx_http_knn_model_t;


typedef struct ngx_http_knn_api_s  ngx_http_knn_api_t;


/* a location that one of our handlers answers */
typedef struct {
    ngx_str_t                  directive;
    u_char                    *file;
    ngx_uint_t                 line;

    void                     **srv_conf;       /* of its server */
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_handler_pt        handler;

    const ngx_http_knn_api_t  *api;            /* NULL: not of "knn_api" */
    size_t                     offset;         /* of its name's last part */

    ngx_http_complex_value_t   name;
    ngx_http_knn_model_t      *model;          /* NULL: told by variables */
    ngx_array_t                names;          /* of ngx_str_t, to show */

    ngx_str_t                  text;           /* of "knn_openapi" */
    ngx_str_t                  etag;
} ngx_http_knn_location_t;


/*
 * Memory of a worker for one request at a time, which finds it cached, and the
 * last query of one row, which others of its kind need not lay out again.
 */
typedef struct {
    u_char                    *start;
    u_char                    *end;            /* the query lies behind it */
    knn_query_t               *query;          /* NULL: there is none */
    ngx_uint_t                 taken;
} ngx_http_knn_room_t;


/* requests that wait for a turn of the event loop, of one worker */
typedef struct {
    ngx_queue_t                waiting;
    ngx_uint_t                 n;
    ngx_event_t                event;
} ngx_http_knn_queue_t;


typedef struct {
    ngx_array_t                models;         /* ngx_http_knn_model_t * */
    ngx_array_t                locations;      /* ngx_http_knn_location_t * */
    ngx_array_t                sets;           /* ngx_http_knn_set_t * */

    ngx_str_t                  info;
    ngx_str_t                  info_etag;
    ngx_str_t                  health;
    ngx_uint_t                 health_status;
    ngx_str_t                  names;
    ngx_str_t                  v2_server;
    ngx_str_t                  v2_index;

    const char                *simd;           /* of models loaded now */

    ngx_int_t                  max_queue;
    ngx_http_knn_queue_t       queue;
    ngx_http_knn_room_t        room;
    ngx_http_knn_zone_t        zone;
} ngx_http_knn_main_conf_t;


typedef struct {
    ngx_http_knn_location_t   *location;       /* NULL: not ours */
    ngx_uint_t                 server;         /* whose locations are ours */
    ngx_uint_t                 outputs;
    ngx_int_t                  max_rows;
#if (NGX_THREADS)
    ngx_thread_pool_t         *thread_pool;    /* NULL: slices */
#endif
} ngx_http_knn_loc_conf_t;


typedef enum {
    NGX_HTTP_KNN_PARSE = 0,
    NGX_HTTP_KNN_SEARCH,
    NGX_HTTP_KNN_ENCODE,
    NGX_HTTP_KNN_PHASES
} ngx_http_knn_phase_e;


/* the form of a reply has no place for the outputs, as other codes of nginx */
#define NGX_HTTP_KNN_UNTOLD         -100


/* how a body becomes a reply; nothing of it touches the request */
typedef struct {
    ngx_http_knn_model_t      *model;
    ngx_http_knn_room_t       *room;           /* NULL: another has it */
    u_char                    *pos;            /* what is left of it */
    ngx_pool_t                *pool;           /* or of a thread */

    ngx_chain_t               *in;             /* NULL: all of it was read */
    off_t                      offset;         /* in the first buffer */
    u_char                    *buf;            /* for what lies in a file */

    ngx_uint_t                 phase;
    knn_reply_form_e           form;
    knn_request_t             *request;
    knn_query_t               *query;
    ngx_buf_t                  reply;
    knn_reply_writer_t         writer;

    uint64_t                   now;            /* 0: not known */
    uint64_t                   began;          /* nanoseconds */
    uint64_t                   ended;
    uint64_t                   time[NGX_HTTP_KNN_PHASES];
} ngx_http_knn_work_t;


/* why a request was refused */
typedef enum {
    NGX_HTTP_KNN_NONE = 0,
    NGX_HTTP_KNN_OK,
    NGX_HTTP_KNN_MALFORMED,
    NGX_HTTP_KNN_SHAPE,
    NGX_HTTP_KNN_VALUE,
    NGX_HTTP_KNN_LIMIT,
    NGX_HTTP_KNN_UNSUPPORTED,
    NGX_HTTP_KNN_NOT_FOUND,
    NGX_HTTP_KNN_METHOD,
    NGX_HTTP_KNN_NOT_ACCEPTABLE,
    NGX_HTTP_KNN_MEDIA_TYPE,
    NGX_HTTP_KNN_BUSY,
    NGX_HTTP_KNN_NO_MEMORY,
    NGX_HTTP_KNN_INTERNAL,
    NGX_HTTP_KNN_REASONS
} ngx_http_knn_reason_e;


typedef struct {
    ngx_uint_t                 code;
    ngx_str_t                  name;           /* "MALFORMED" */
} ngx_http_knn_reason_t;


typedef struct {
    ngx_http_request_t        *request;
    ngx_http_knn_model_t      *model;          /* NULL: unknown */
    ngx_uint_t                 outputs;        /* 0: not chosen yet */
    knn_format_e               format;         /* of the body */
    knn_coding_e               coding;
    size_t                     header;         /* V2: bytes of JSON */
    ngx_str_t                  type;           /* of the reply */
    ngx_str_t                  vendor;         /* V2: "…;json-header-size=" */
    ngx_http_knn_reason_e      reason;         /* NONE: nothing was decided */
    ngx_uint_t                 redirected;     /* to another one */
    uint64_t                   started;        /* ns, monotonic clock */

    ngx_http_knn_work_t        work;
    knn_query_t               *first;          /* row, for variables */

    ngx_queue_t                queue;
    ngx_http_knn_queue_t      *waiting;        /* NULL: not in a queue */
    ngx_pool_t                *pool;           /* of a thread */
    ngx_int_t                  rc;             /* the same */
    ngx_atomic_t               aborted;        /* by the client */
} ngx_http_knn_ctx_t;


/* what variables tell of the first row of a query */
typedef enum {
    NGX_HTTP_KNN_PREDICTION = 0,
    NGX_HTTP_KNN_PROBABILITY,                  /* of the prediction */
    NGX_HTTP_KNN_DISTANCE,                     /* to the nearest row */
    NGX_HTTP_KNN_NOVELTY,
    NGX_HTTP_KNN_FIGURES
} ngx_http_knn_figure_e;


typedef struct {
    ngx_uint_t                 code;
    ngx_str_t                  line;           /* "404 Not Found" */
    const char                *detail;         /* when nginx itself refuses */
} ngx_http_knn_status_t;


/* what a path in the tree of "knn_api" means */
typedef struct ngx_http_knn_resource_s  ngx_http_knn_resource_t;

typedef struct {
    const ngx_http_knn_resource_t
                              *resource;       /* NULL: nothing */
    ngx_uint_t                 unknown;        /* and its code then */
    ngx_str_t                  name;           /* of the model, as it stands */
    ngx_str_t                  version;        /* len 0: the newest */
    ngx_uint_t                 label;          /* version is a label */
    ngx_http_knn_model_t      *model;          /* NULL: unknown */
} ngx_http_knn_route_t;

typedef ngx_int_t (*ngx_http_knn_resource_pt)(ngx_http_request_t *r,
    ngx_http_knn_route_t *route);

struct ngx_http_knn_resource_s {
    char                      *pattern;        /* of what is left of a path */
    ngx_uint_t                 methods;
    ngx_http_knn_resource_pt   handler;
    size_t                     text;           /* its offset in a conf, model */

    knn_format_e               format;         /* of predictions */
    knn_reply_form_e           form;           /* 0: of nothing else */
    ngx_uint_t                 outputs;        /* 0: as asked for */
};

struct ngx_http_knn_api_s {
    ngx_str_t                  name;           /* "v2" */
    const ngx_http_knn_resource_t
                              *resources;      /* the last has no pattern */
    ngx_uint_t                 unknown;        /* code of other paths */
    const char                *paths;          /* what is said of them */
};


extern ngx_module_t  ngx_http_knn_module;
extern ngx_module_t  ngx_http_knn_error_filter_module;


/* nginx loads modules with RTLD_GLOBAL: only they may be seen by others */
#pragma GCC visibility push(hidden)


/* ngx_http_knn_module.c */

ngx_http_knn_location_t *ngx_http_knn_add_location(ngx_conf_t *cf,
    ngx_http_knn_loc_conf_t *klcf, ngx_http_handler_pt handler);
ngx_http_knn_model_t *ngx_http_knn_require_model(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_location_t *location,
    ngx_str_t *name);

/* ngx_http_knn_models.c */

char *ngx_http_knn_model(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_knn_add_model(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_str_t *name, ngx_uint_t *parts,
    ngx_str_t *label, ngx_str_t *file, ngx_uint_t mapped);
ngx_int_t ngx_http_knn_check_name(ngx_str_t *name);
ngx_uint_t ngx_http_knn_parse_version(u_char *p, u_char *last,
    ngx_uint_t *parts);
ngx_int_t ngx_http_knn_compare_versions(ngx_uint_t *one, ngx_uint_t *two,
    ngx_uint_t n);
ngx_http_knn_model_t *ngx_http_knn_find_model(ngx_http_knn_main_conf_t *kmcf,
    ngx_str_t *address);
ngx_http_knn_model_t *ngx_http_knn_find_version(
    ngx_http_knn_main_conf_t *kmcf, ngx_str_t *name, ngx_str_t *version);
ngx_http_knn_model_t *ngx_http_knn_find_label(ngx_http_knn_main_conf_t *kmcf,
    ngx_str_t *name, ngx_str_t *label);
ngx_uint_t ngx_http_knn_same_name(ngx_http_knn_model_t *one,
    ngx_http_knn_model_t *two);
ngx_int_t ngx_http_knn_known_models(ngx_pool_t *pool,
    ngx_http_knn_main_conf_t *kmcf, ngx_str_t *known);

/* ngx_http_knn_loaded.c */

ngx_int_t ngx_http_knn_load(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_model_t *model);
void ngx_http_knn_unload(ngx_http_knn_loaded_t *loaded);

/* ngx_http_knn_repository.c */

char *ngx_http_knn_model_repository(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* ngx_http_knn_predict.c */

ngx_int_t ngx_http_knn_predict_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_knn_serve(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx);
ngx_http_knn_ctx_t *ngx_http_knn_create_ctx(ngx_http_request_t *r);
ngx_http_knn_ctx_t *ngx_http_knn_get_ctx(ngx_http_request_t *r);
void ngx_http_knn_cleanup_ctx(void *data);
ngx_int_t ngx_http_knn_send_unknown_model(ngx_http_request_t *r);
ngx_int_t ngx_http_knn_finish(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx,
    ngx_int_t rc);
ngx_int_t ngx_http_knn_unescape_arg(ngx_http_request_t *r, char *name,
    ngx_uint_t plus, ngx_str_t *value);

/* ngx_http_knn_api.c */

const ngx_http_knn_api_t *ngx_http_knn_find_api(ngx_str_t *name);
size_t ngx_http_knn_api_offset(ngx_http_core_loc_conf_t *clcf);
ngx_int_t ngx_http_knn_take_text(ngx_conf_t *cf, u_char *p, size_t size,
    ngx_str_t *text);
ngx_int_t ngx_http_knn_init_apis(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);
ngx_int_t ngx_http_knn_api_handler(ngx_http_request_t *r);
ngx_uint_t ngx_http_knn_api_predicts(ngx_http_request_t *r,
    ngx_http_knn_location_t *location, ngx_http_knn_model_t **model);
void ngx_http_knn_forbid_gzip(ngx_http_request_t *r);
ngx_int_t ngx_http_knn_api_send(ngx_http_request_t *r, ngx_str_t *text);
ngx_int_t ngx_http_knn_api_server(ngx_http_request_t *r,
    ngx_http_knn_route_t *route);
ngx_int_t ngx_http_knn_api_model(ngx_http_request_t *r,
    ngx_http_knn_route_t *route);
ngx_uint_t ngx_http_knn_all_versions(ngx_http_knn_route_t *route);

/* ngx_http_knn_v1.c */

extern const ngx_http_knn_api_t  ngx_http_knn_v1;

ngx_int_t ngx_http_knn_init_v1(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf);

/* ngx_http_knn_v2.c */

extern const ngx_http_knn_api_t  ngx_http_knn_v2;

ngx_int_t ngx_http_knn_init_v2(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf);

/* ngx_http_knn_statistics.c */

ngx_int_t ngx_http_knn_v2_statistics(ngx_http_request_t *r,
    ngx_http_knn_route_t *route);

/* ngx_http_knn_work.c */

ngx_int_t ngx_http_knn_work_init(ngx_http_knn_work_t *work,
    knn_request_options_t *options, ngx_chain_t *in);
ngx_int_t ngx_http_knn_work_run(ngx_http_knn_work_t *work, uint64_t ns);
void ngx_http_knn_work_free(ngx_http_knn_work_t *work);
void *ngx_http_knn_palloc(ngx_pool_t *pool, size_t size);
uint64_t ngx_http_knn_now(void);

/* ngx_http_knn_queue.c */

void ngx_http_knn_queue_init(ngx_http_knn_queue_t *queue, ngx_log_t *log);
ngx_int_t ngx_http_knn_queue_add(ngx_http_knn_main_conf_t *kmcf,
    ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx);
void ngx_http_knn_queue_remove(ngx_http_knn_ctx_t *ctx);

/* ngx_http_knn_thread.c */

#if (NGX_THREADS)
ngx_int_t ngx_http_knn_thread_post(ngx_thread_pool_t *tp,
    ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx);
#endif

/* ngx_http_knn_reply.c */

ngx_int_t ngx_http_knn_send_reply(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);

/* ngx_http_knn_figures.c */

knn_query_t *ngx_http_knn_query_row(ngx_pool_t *pool,
    ngx_http_knn_model_t *model, const double *x);
ngx_uint_t ngx_http_knn_figure_outputs(ngx_uint_t figure);
ngx_int_t ngx_http_knn_write_figure(ngx_pool_t *pool,
    ngx_http_knn_model_t *model, const knn_query_t *query, ngx_uint_t figure,
    ngx_str_t *text);

/* ngx_http_knn_variables.c */

ngx_int_t ngx_http_knn_add_variables(ngx_conf_t *cf);

/* ngx_http_knn_set.c */

char *ngx_http_knn_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_knn_init_sets(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);

/* ngx_http_knn_shadow.c */

ngx_int_t ngx_http_knn_init_shadow(ngx_conf_t *cf);

/* ngx_http_knn_documents.c */

ngx_int_t ngx_http_knn_init_documents(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);
ngx_int_t ngx_http_knn_info_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_knn_health_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_knn_send_text(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *text);

/* ngx_http_knn_samples.c */

char *ngx_http_knn_samples(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_knn_init_samples(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);
ngx_int_t ngx_http_knn_samples_handler(ngx_http_request_t *r);
ngx_uint_t ngx_http_knn_is_shown(ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_location_t *location, ngx_http_knn_model_t *model);

/* ngx_http_knn_openapi.c */

ngx_int_t ngx_http_knn_init_openapi(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);
ngx_int_t ngx_http_knn_openapi_handler(ngx_http_request_t *r);

/* ngx_http_knn_headers.c */

ngx_table_elt_t *ngx_http_knn_add_header(ngx_http_request_t *r, ngx_str_t *key,
    ngx_str_t *value);
ngx_int_t ngx_http_knn_add_cache_control(ngx_http_request_t *r,
    ngx_str_t *value);
ngx_int_t ngx_http_knn_add_etag(ngx_http_request_t *r, ngx_str_t *value);
ngx_table_elt_t *ngx_http_knn_find_header(ngx_http_request_t *r,
    ngx_str_t *name);

/* ngx_http_knn_media.c */

ngx_int_t ngx_http_knn_choose_format(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
ngx_int_t ngx_http_knn_choose_coding(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
ngx_int_t ngx_http_knn_choose_header(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
void ngx_http_knn_media_type(ngx_str_t *value, ngx_str_t *type);
ngx_int_t ngx_http_knn_media_param(ngx_str_t *media, const char *name,
    ngx_str_t *value);

/* ngx_http_knn_accept.c */

ngx_int_t ngx_http_knn_choose_form(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
ngx_uint_t ngx_http_knn_accepts_problem(ngx_http_request_t *r);
ngx_uint_t ngx_http_knn_accepts_openmetrics(ngx_http_request_t *r);

/* ngx_http_knn_problem.c */

extern const ngx_http_knn_reason_t
    ngx_http_knn_reasons[NGX_HTTP_KNN_REASONS];

ngx_http_knn_status_t *ngx_http_knn_find_status(ngx_uint_t code);
ngx_buf_t *ngx_http_knn_create_problem(ngx_http_request_t *r,
    ngx_http_knn_status_t *status, const char *detail, const char *pointer);
ngx_int_t ngx_http_knn_send_problem(ngx_http_request_t *r,
    ngx_http_knn_reason_e reason, const char *detail, const char *pointer);
ngx_int_t ngx_http_knn_send_status(ngx_http_request_t *r, ngx_uint_t code,
    const char *detail, const char *pointer);
ngx_int_t ngx_http_knn_send_error(ngx_http_request_t *r,
    const knn_error_t *err, const char *pointer);
ngx_int_t ngx_http_knn_send_allow(ngx_http_request_t *r, ngx_str_t *allow);

/* ngx_http_knn_zone.c */

extern ngx_conf_post_t          ngx_http_knn_zone_size;
extern ngx_uint_t               ngx_http_knn_slot;
extern ngx_http_knn_process_t  *ngx_http_knn_process;

ngx_int_t ngx_http_knn_add_zone(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);
void ngx_http_knn_enter_zone(ngx_http_knn_main_conf_t *kmcf, ngx_log_t *log);
void ngx_http_knn_claim_slot(ngx_http_knn_zone_sh_t *sh, ngx_uint_t start);
void ngx_http_knn_leave_zone(ngx_cycle_t *cycle);
ngx_uint_t ngx_http_knn_process_alive(ngx_http_knn_process_t *process);
ngx_http_knn_pair_t *ngx_http_knn_find_pair(ngx_http_knn_zone_sh_t *sh,
    ngx_http_knn_series_t *primary, ngx_http_knn_series_t *shadow);
void ngx_http_knn_sum_series(ngx_http_knn_zone_sh_t *sh,
    ngx_http_knn_series_t *series, ngx_http_knn_slot_t *sum);

/* ngx_http_knn_count.c */

extern const ngx_uint_t  ngx_http_knn_codes[NGX_HTTP_KNN_CODES];
extern const ngx_http_knn_bound_t
    ngx_http_knn_durations[NGX_HTTP_KNN_DURATIONS];
extern const ngx_http_knn_bound_t
    ngx_http_knn_batches[NGX_HTTP_KNN_BATCHES];
extern const ngx_http_knn_bound_t
    ngx_http_knn_novelties[NGX_HTTP_KNN_NOVELTIES];

ngx_int_t ngx_http_knn_count_handler(ngx_http_request_t *r);
void ngx_http_knn_count_begin(void);
void ngx_http_knn_count_request(ngx_http_knn_ctx_t *ctx);
void ngx_http_knn_count_query(ngx_http_knn_model_t *model,
    const knn_query_t *query, uint64_t ns);
void ngx_http_knn_count_agreement(ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_model_t *primary, ngx_http_knn_model_t *shadow,
    ngx_uint_t agree, ngx_uint_t differ);
void ngx_http_knn_count_waiting(ngx_uint_t n);
ngx_int_t ngx_http_knn_read_exemplar(ngx_http_knn_exemplar_t *exemplar,
    ngx_http_knn_exemplar_t *copy);

/* ngx_http_knn_metrics.c */

ngx_int_t ngx_http_knn_metrics_handler(ngx_http_request_t *r);


#pragma GCC visibility pop


#endif /* _NGX_HTTP_KNN_MODULE_H_INCLUDED_ */
