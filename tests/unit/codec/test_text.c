
/*
 * Copyright (C) nginx-knn contributors
 */


/* UTF-8 and the strings of JSON. */


#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../checking.h"
#include "../../../codec/text/text.h"


/* Writes text with room for so much, in memory that ends there. */
static char *
escape(const char *text, size_t size, size_t room)
{
    char *buf, *end, *copy;

    buf = malloc(room + 1);
    end = knn_text_write(buf, buf + room, text, size);
    ck_assert_uint_le((size_t) (end - buf), room);

    copy = malloc((size_t) (end - buf) + 1);
    memcpy(copy, buf, (size_t) (end - buf));
    copy[end - buf] = '\0';
    free(buf);

    return copy;
}


START_TEST(escapes)
{
    char  *text;
    size_t i;

    static const struct {
        const char *text;
        size_t      size;
        const char *json;
    } cases[] = {
        {"setosa", 6, "setosa"},
        {"", 0, ""},
        {"\"\\/", 3, "\\\"\\\\/"},
        {"\b\f\n\r\t", 5, "\\b\\f\\n\\r\\t"},
        {"\0\x01\x1f\x7f", 4, "\\u0000\\u0001\\u001f\\u007f"},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 9,
         "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
        {"a\xff"
         "b",
         3,
         "a\xEF\xBF\xBD"
         "b"},
        {"\xC0\x80", 2, "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xE2\x82", 2, "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xED\xA0\x80", 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        text = escape(cases[i].text, cases[i].size, 6 * cases[i].size);
        ck_assert_str_eq(text, cases[i].json);
        free(text);
    }
}
END_TEST


/* With too little room a character is there wholly or not at all. */
START_TEST(cuts_between_characters)
{
    char       *text, *whole;
    size_t      room;
    const char *p;
    const char  source[] = "a\"\xC3\xA9\x01\xE2\x82\xAC\xff\xF0\x9F\x98\x80";

    whole = escape(source, strlen(source), 100);

    for (room = 0; room <= strlen(whole); room++) {
        text = escape(source, strlen(source), room);
        ck_assert(strncmp(text, whole, strlen(text)) == 0);

        for (p = text; *p != '\0'; p += knn_text_char(p, p + strlen(p))) {
            ck_assert_uint_ne(knn_text_char(p, p + strlen(p)), 0);
        }

        ck_assert_msg(strlen(text) < 1 || text[strlen(text) - 1] != '\\', "%s",
                      text);
        free(text);
    }

    free(whole);
}
END_TEST


/* All four-byte sequences that begin like one character, by their value. */
START_TEST(characters)
{
    char     text[5];
    size_t   n;
    uint32_t c;

    for (c = 0; c <= 0x1FFFFF; c++) {
        memset(text, 0, sizeof(text));

        if (c < 0x80) {
            text[0] = (char) c;
            n = 1;
        }
        else if (c < 0x800) {
            text[0] = (char) (0xC0 | c >> 6);
            text[1] = (char) (0x80 | (c & 0x3F));
            n = 2;
        }
        else if (c < 0x10000) {
            text[0] = (char) (0xE0 | c >> 12);
            text[1] = (char) (0x80 | (c >> 6 & 0x3F));
            text[2] = (char) (0x80 | (c & 0x3F));
            n = c >= 0xD800 && c < 0xE000 ? 0 : 3;
        }
        else {
            text[0] = (char) (0xF0 | c >> 18);
            text[1] = (char) (0x80 | (c >> 12 & 0x3F));
            text[2] = (char) (0x80 | (c >> 6 & 0x3F));
            text[3] = (char) (0x80 | (c & 0x3F));
            n = c > 0x10FFFF ? 0 : 4;
        }

        /* an assertion costs more than what is asserted here */

        if (knn_text_char(text, text + 4) != n
            || (n > 1 && knn_text_char(text, text + n - 1) != 0))
        {
            ck_abort_msg("U+%X", c);
        }
    }

    /* overlong forms */
    memcpy(text, "\xC1\xBF\xBF\xBF", 4);
    ck_assert_uint_eq(knn_text_char(text, text + 4), 0);
    memcpy(text, "\xE0\x9F\xBF\xBF", 4);
    ck_assert_uint_eq(knn_text_char(text, text + 4), 0);
    memcpy(text, "\xF0\x8F\xBF\xBF", 4);
    ck_assert_uint_eq(knn_text_char(text, text + 4), 0);
}
END_TEST


START_TEST(printable)
{
    ck_assert(knn_text_printable("sepal length (cm)", 17));
    ck_assert(knn_text_printable("\xC3\xA9", 2));
    ck_assert(knn_text_printable("", 0));
    ck_assert(!knn_text_printable("a\nb", 3));
    ck_assert(!knn_text_printable("\x1b[0m", 4));
    ck_assert(!knn_text_printable("a\0b", 3));
    ck_assert(!knn_text_printable("\x7f", 1));
    ck_assert(!knn_text_printable("\xC3", 1));
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("text");
    tcase = tcase_create("text");

    tcase_add_test(tcase, escapes);
    tcase_add_test(tcase, cuts_between_characters);
    tcase_add_test(tcase, characters);
    tcase_add_test(tcase, printable);
    suite_add_tcase(suite, tcase);

    return suite;
}
