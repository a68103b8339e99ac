/* Whether this build watches memory (address or thread sanitizer): then every block is to be one
 * that it sees, and pools of our own step aside. */
#ifndef SUTLER_BASE_CHECKED_H
#define SUTLER_BASE_CHECKED_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEMORY_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MEMORY_CHECKED 1
#endif
#endif

#ifndef MEMORY_CHECKED
#define MEMORY_CHECKED 0
#endif

#endif
