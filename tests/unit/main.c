
/*
 * Copyright (C) nginx-knn contributors
 */


/* Runs the one suite that a test file defines. */


#include <check.h>
#include <stdlib.h>


Suite *knn_suite(void);


int
main(void)
{
    int      failed;
    SRunner *runner;

    runner = srunner_create(knn_suite());
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);

    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
