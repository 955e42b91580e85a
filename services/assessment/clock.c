/* The clock of an attempt, and what a pause does to its due dates. */
#include "services/assessment/clock.h"

/* The stretch that ends now is one of running or of standing still. */
static void turn_to(struct clock *c, enum clock_state state, int64_t at_us)
{
	if (c->state == CLOCK_RUNNING)
		c->running_us += at_us - c->since_us;
	else if (c->state == CLOCK_PAUSED)
		c->paused_us += at_us - c->since_us;
	c->state = state;
	c->since_us = at_us;
}

void clock_start(struct clock *c, int64_t at_us)
{
	if (c->state != CLOCK_NONE)
		return;
	c->started_us = at_us;
	turn_to(c, CLOCK_RUNNING, at_us);
}

void clock_pause(struct clock *c, int64_t at_us)
{
	if (c->state != CLOCK_RUNNING)
		return;
	c->pauses++;
	turn_to(c, CLOCK_PAUSED, at_us);
}

void clock_resume(struct clock *c, int64_t at_us)
{
	if (c->state == CLOCK_PAUSED)
		turn_to(c, CLOCK_RUNNING, at_us);
}

void clock_stop(struct clock *c, int64_t at_us)
{
	if (c->state == CLOCK_RUNNING || c->state == CLOCK_PAUSED)
		turn_to(c, CLOCK_STOPPED, at_us);
}

int64_t clock_running_us(const struct clock *c, int64_t at_us)
{
	return c->running_us + (c->state == CLOCK_RUNNING ? at_us - c->since_us : 0);
}

int64_t clock_paused_us(const struct clock *c, int64_t at_us)
{
	return c->paused_us + (c->state == CLOCK_PAUSED ? at_us - c->since_us : 0);
}

int64_t clock_elapsed_us(const struct clock *c, int64_t at_us)
{
	if (c->state == CLOCK_NONE)
		return 0;
	return (c->state == CLOCK_STOPPED ? c->since_us : at_us) - c->started_us;
}

int64_t due_after_pause_us(struct zones *zones, const Enrollment__Calendar *calendar,
			   int64_t due_us, int64_t paused_us, int64_t resumed_us)
{
	uint32_t left;

	if (due_us <= paused_us)
		return due_us;
	left = business_days_until(zones, calendar, paused_us, due_us);
	if (left == 0) /* it was due that day: now on this one, or on the next business day */
		return business_deadline_us(zones, calendar, resumed_us - US_PER_DAY, 1);
	return business_deadline_us(zones, calendar, resumed_us, left);
}
