/* Events as JSON, one object a line, nothing else (design: 1.5 Results). */
#ifndef SUTLER_REPORT_JSON_H
#define SUTLER_REPORT_JSON_H

#include "report/consumer.h"

/* Objects go to descriptor, warnings to error_descriptor as "warning: TEXT". Caller gives it to
 * report_add(). */
consumer *json_new(int descriptor, int error_descriptor);

#endif
