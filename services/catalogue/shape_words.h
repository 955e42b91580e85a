/*
 * Shorthands for tables of shapes (shape.h), for the files that hold nothing else.
 */
#ifndef CAIRN_SHAPE_WORDS_H
#define CAIRN_SHAPE_WORDS_H

#define OPT SHAPE_OPTIONAL
#define NUL SHAPE_NULLABLE

#define TEXT(name, flags)                                                                          \
	{                                                                                          \
		name, SHAPE_TEXT, flags, 1, 5000, NULL                                             \
	}
#define TITLE(name, flags)                                                                         \
	{                                                                                          \
		name, SHAPE_TEXT, flags, 1, 200, NULL                                              \
	}
#define CODE(name, flags)                                                                          \
	{                                                                                          \
		name, SHAPE_CODE, flags, 0, 0, NULL                                                \
	}
#define DATE(name, flags)                                                                          \
	{                                                                                          \
		name, SHAPE_DATE, flags, 0, 0, NULL                                                \
	}
#define URL(name, flags)                                                                           \
	{                                                                                          \
		name, SHAPE_URL, flags, 0, 0, NULL                                                 \
	}
#define FLAG(name, flags)                                                                          \
	{                                                                                          \
		name, SHAPE_FLAG, flags, 0, 0, NULL                                                \
	}
#define WHOLE(name, flags, least, most)                                                            \
	{                                                                                          \
		name, SHAPE_WHOLE, flags, least, most, NULL                                        \
	}
#define NUMBER(name, flags, least, most)                                                           \
	{                                                                                          \
		name, SHAPE_NUMBER, flags, least, most, NULL                                       \
	}
#define LIST(name, flags, least, most, of)                                                         \
	{                                                                                          \
		name, SHAPE_LIST, flags, least, most, of                                           \
	}
#define OBJECT(name, flags, of)                                                                    \
	{                                                                                          \
		name, SHAPE_OBJECT, flags, 0, 0, of                                                \
	}
#define MAP(name, flags, of)                                                                       \
	{                                                                                          \
		name, SHAPE_MAP, flags, 0, 0, of                                                   \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, SHAPE_TEXT, 0, 0, 0, NULL                                                    \
	}

#define MANY 100000
#define DAYS_MAX 36500

#endif
