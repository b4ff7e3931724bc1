
# make run and make test are all the set-up; make help lists the rest.

PORT		?= 8080
NGINX		?= $(or $(shell command -v nginx 2>/dev/null),/usr/sbin/nginx)
NGINX_SRC	?= /usr/share/nginx/src
EXTRA_MODULES	?=
FUZZ_SECONDS	?= 60
PREFIX		?= /usr
DESTDIR		?=

# Debian's, because its packages are what the tests import
PYTHON		?= /usr/bin/python3

OUT		?= build
PKG_CONFIG	?= pkg-config

WARNINGS	= -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wvla
# contraction would change the rounding of distances
KNN_CFLAGS	= -std=c11 -D_GNU_SOURCE -O3 -g -fPIC -ffp-contract=off \
		  -fno-math-errno -fvisibility=hidden $(WARNINGS) $(CFLAGS)

MODEL_LIBS	= -llzma -lbz2 -lz -lcrypto -lm
CODEC_LIBS	= -lyajl

MODEL_OBJS	= $(patsubst %.c,$(OUT)/%.o,$(wildcard model/*.c))
CODEC_OBJS	= $(patsubst %.c,$(OUT)/%.o,$(wildcard codec/*.c))
TOOL_OBJS	= $(patsubst %.c,$(OUT)/%.o,$(wildcard tools/*.c))
UNIT_OBJS	= $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/unit/*.c))


all: module $(OUT)/knn

lib: $(OUT)/libknn.a $(OUT)/libknncodec.a

$(OUT)/libknn.a: $(MODEL_OBJS)
$(OUT)/libknncodec.a: $(CODEC_OBJS)

%.a:
	@rm -f $@
	$(AR) crs $@ $^

$(OUT)/knn: $(TOOL_OBJS) $(OUT)/libknncodec.a $(OUT)/libknn.a
	$(CC) $(KNN_CFLAGS) $(LDFLAGS) -o $@ $^ $(CODEC_LIBS) $(MODEL_LIBS)

$(OUT)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(KNN_CFLAGS) -MMD -MP -c -o $@ $<

-include $(patsubst %.o,%.d,$(MODEL_OBJS) $(CODEC_OBJS) $(TOOL_OBJS) $(UNIT_OBJS))


clean:
	rm -rf build

.PHONY: all lib module clean
