/* Members of objects. */
#include "services/gateway/web/members.h"

#include <string.h>

const char *text_in(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

int64_t number_in(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

bool is_true_in(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

void put_text(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, json_string(text));
}

void put_text_if_any(json_t *object, const char *name, const char *text)
{
	if (text[0] != '\0')
		put_text(object, name, text);
}

void put_number(json_t *object, const char *name, int64_t number)
{
	json_object_set_new(object, name, json_integer(number));
}

void put_true(json_t *object, const char *name)
{
	json_object_set_new(object, name, json_true());
}

json_t *copy_of_list(const json_t *object, const char *name)
{
	json_t *list = json_object_get(object, name);

	return json_is_array(list) ? json_deep_copy(list) : json_array();
}

json_t *find_in(const json_t *list, const char *member, const char *text)
{
	size_t i;
	json_t *element;

	json_array_foreach(list, i, element)
	{
		if (strcmp(text_in(element, member), text) == 0)
			return element;
	}
	return NULL;
}

bool holds_text(const json_t *list, const char *text)
{
	size_t i;
	json_t *element;

	json_array_foreach(list, i, element)
	{
		if (json_is_string(element) && strcmp(json_string_value(element), text) == 0)
			return true;
	}
	return false;
}
