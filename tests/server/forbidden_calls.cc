#include "tests/server/forbidden_calls.h"

#include <dlfcn.h>
#include <pthread.h>

#include <typeinfo>
#include <utility>

namespace {

// Plain, so that they cost no initialisation: malloc is called before and after everything.
thread_local bool counting = false;
thread_local meshdns::test::ForbiddenCalls calls;

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void count(size_t& what) {
  if (counting) ++what;
}

}  // namespace

extern "C" {

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);

void* malloc(size_t size) {
  count(calls.allocations);
  return __libc_malloc(size);
}

void* calloc(size_t count_of, size_t size) {
  count(calls.allocations);
  return __libc_calloc(count_of, size);
}

void* realloc(void* memory, size_t size) {
  count(calls.allocations);
  return __libc_realloc(memory, size);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  static auto* const real = next<int(pthread_mutex_t*)>("pthread_mutex_lock");
  count(calls.locks);
  return real(mutex);
}

[[noreturn]] void __cxa_throw(void* thrown, std::type_info* type, void (*destroy)(void*)) {
  static auto* const real = next<void(void*, std::type_info*, void (*)(void*))>("__cxa_throw");
  count(calls.throws);
  real(thrown, type, destroy);
  __builtin_unreachable();
}

}  // extern "C"

namespace meshdns::test {

void begin_counting() {
  calls = {};
  counting = true;
}

ForbiddenCalls end_counting() {
  counting = false;
  return calls;
}

}  // namespace meshdns::test
