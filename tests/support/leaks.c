/* What the leak checker shall not tell of, linked into whatever draws when built with sanitizers:
 * font libraries keep their caches until the process ends, behind pointers that it does not follow.
 */
#include <sanitizer/lsan_interface.h>

const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\nleak:libpango\n";
}

const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}
