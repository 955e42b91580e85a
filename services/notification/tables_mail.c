/* Tables about addresses: which came back, and where a letter went. */
#include "services/notification/tables_mail.h"

bool bounce_get(const struct view *v, struct bytes educator, struct bounce *row_r)
{
	return ROW_GET(v, BOUNCE, educator, row_r);
}

void bounce_put(struct txn *t, struct bytes educator, struct bounce *row)
{
	ROW_PUT(t, BOUNCE, educator, row);
}

bool letter_sent_get(const struct view *v, struct bytes notice, struct letter_sent *row_r)
{
	return ROW_GET(v, LETTER_SENT, notice, row_r);
}

void letter_sent_put(struct txn *t, struct bytes notice, struct letter_sent *row)
{
	ROW_PUT(t, LETTER_SENT, notice, row);
}
