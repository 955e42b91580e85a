/*
 * What every test program defines: its suite. support/main.c runs it, prints Check's closing
 * line and fails if a test did.
 */
#ifndef CAIRN_TEST_SUITE_H
#define CAIRN_TEST_SUITE_H

#include <check.h>

Suite *test_suite(void);

#endif
