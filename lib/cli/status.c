#include "cli/status.h"

#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>

int status_of_class(enum fault_class class)
{
	switch (class) {
	case FAULT_NONE:
		return STATUS_OK;
	case FAULT_COPY:
		return STATUS_COPY;
	case FAULT_TIMEOUT:
		return STATUS_TIMEOUT;
	case FAULT_SUDO:
		return STATUS_REFUSED;
	case FAULT_USAGE:
	case FAULT_SYSTEM:
		return STATUS_OWN;
	case FAULT_CONNECT:
	case FAULT_HOSTKEY:
	case FAULT_AUTH:
	case FAULT_SCOPE:
	case FAULT_LOST:
	case FAULT_CANCELLED:
		return STATUS_CONNECTION;
	}
	return STATUS_OWN;
}

int
status_raise(int signal_number)
{
	struct rlimit no_core = {0, 0};
	sigset_t set;

	setrlimit(RLIMIT_CORE, &no_core);
	signal(signal_number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(signal_number);
	return STATUS_SIGNAL + signal_number;
}
