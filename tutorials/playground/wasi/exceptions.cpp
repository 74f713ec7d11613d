/// An exception leaves the module: the page is handed what it says, and the module ends. Nothing is caught
/// inside, so that who meets one begins with a module of his own making.

#include <cstdlib>
#include <cstring>
#include <exception>
#include <typeinfo>

extern "C" {

__attribute__((import_module("page"), import_name("failed"))) void page_failed(const char* what,
                                                                               std::size_t size);

void* __cxa_allocate_exception(std::size_t size) noexcept {
  return std::malloc(size);
}

void __cxa_free_exception(void* thrown) noexcept {
  std::free(thrown);
}

/// All that premelt and the standard library throw is a std::exception, which stands at the object's
/// beginning.
[[noreturn]] void __cxa_throw(void* thrown, std::type_info* /*type*/, void (* /*destroy*/)(void*)) {
  const char* what = static_cast<std::exception*>(thrown)->what();
  page_failed(what, std::strlen(what));
  __builtin_trap();
}

/// A module is never taken down in order: what would run then is forgotten.
int __cxa_thread_atexit(void (* /*destroy*/)(void*), void* /*object*/, void* /*module*/) noexcept {
  return 0;
}

}  // extern "C"
