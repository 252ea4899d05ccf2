#include "hosts/selection.h"

void
selection_init(struct selection *s)
{
	*s = (struct selection){
	    .hosts = host_list_new(), .excluded = host_list_new()};
}

void
selection_release(struct selection *s)
{
	host_list_free(s->hosts);
	host_list_free(s->excluded);
	host_list_free(s->kept);
	*s = (struct selection){0};
}

int
selection_add(struct selection *s, const char *text, struct fault *f)
{
	s->is_named = true;
	return host_list_add(s->hosts, text, f);
}

int
selection_add_file(struct selection *s, const char *path, struct fault *f)
{
	s->is_named = true;
	return host_list_add_file(s->hosts, path, f);
}

int
selection_exclude(struct selection *s, const char *text, struct fault *f)
{
	return host_list_add(s->excluded, text, f);
}

/* Several keep what is in all of them. */
int
selection_intersect(struct selection *s, const char *text, struct fault *f)
{
	struct host_list *with = host_list_new();
	int ret = host_list_add(with, text, f);

	if (!ret && s->kept) {
		host_list_filter(s->kept, with, true);
	} else if (!ret) {
		s->kept = with;
		with = NULL;
	}
	host_list_free(with);
	return ret;
}

int
selection_finish(struct selection *s, struct fault *f)
{
	if (!s->is_named)
		return fault_set(f, FAULT_USAGE, 0, "no hosts were named");
	host_list_filter(s->hosts, s->excluded, false);
	if (s->kept)
		host_list_filter(s->hosts, s->kept, true);
	return 0;
}
