#include "scope/deathsig.h"

#ifdef __linux__
#include <sys/prctl.h>

int
deathsig_set(int number)
{
	return prctl(PR_SET_PDEATHSIG, (unsigned long)number, 0, 0, 0);
}
#else
int
deathsig_set(int number)
{
	(void)number;
	return -1;
}
#endif
