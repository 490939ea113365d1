/*
 * User-mode Linux before 6.13 keeps 2,696 bytes of a process's vector registers, and gives the host
 * no more back. A host whose processor has AMX takes back all that it has, and answers EFAULT
 * (xstateregs_set in arch/x86/kernel/fpu/regset.c). This stands between the two, by LD_PRELOAD: what
 * is left out is as a new process has it, zero, and nothing in the emulated machine uses it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

long ptrace(enum __ptrace_request request, ...)
{
	static long (*next)(enum __ptrace_request, ...);
	static char whole[1 << 16];
	static size_t size;
	va_list rest;

	va_start(rest, request);
	pid_t pid = va_arg(rest, pid_t);
	void *address = va_arg(rest, void *);
	void *data = va_arg(rest, void *);
	va_end(rest);
	if (!next)
		next = (long (*)(enum __ptrace_request, ...))dlsym(RTLD_NEXT, "ptrace");
	if (request == PTRACE_SETREGSET && address == (void *)NT_X86_XSTATE) {
		struct iovec *given = data;
		struct iovec all = {whole, sizeof whole};

		if (!size && next(PTRACE_GETREGSET, pid, address, &all) == 0)
			size = all.iov_len;
		if (given->iov_len < size) {
			memset(whole, 0, size);
			memcpy(whole, given->iov_base, given->iov_len);
			all.iov_len = size;
			return next(request, pid, address, &all);
		}
	}
	return next(request, pid, address, data);
}
