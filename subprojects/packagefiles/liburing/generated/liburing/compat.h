/* SPDX-License-Identifier: Apache-2.0 */
/* What liburing.h expects of the configure step when the kernel headers are recent. */
#ifndef LIBURING_COMPAT_H
#define LIBURING_COMPAT_H

#include <linux/openat2.h>
#include <linux/time_types.h>
#define UAPI_LINUX_IO_URING_H_SKIP_LINUX_TIME_TYPES_H 1

#endif
