/* Whether this build watches memory (address or thread sanitizer): then every block is to be one
 * that it sees, and pools of our own step aside. ADDRESS_CHECKED: by the address sanitizer. */
#ifndef SUTLER_BASE_CHECKED_H
#define SUTLER_BASE_CHECKED_H

#ifdef __has_feature
#define CHECKED_BY(sanitizer) __has_feature(sanitizer)
#else
#define CHECKED_BY(sanitizer) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || CHECKED_BY(address_sanitizer)
#define ADDRESS_CHECKED 1
#else
#define ADDRESS_CHECKED 0
#endif

#if ADDRESS_CHECKED || defined(__SANITIZE_THREAD__) || CHECKED_BY(thread_sanitizer)
#define MEMORY_CHECKED 1
#else
#define MEMORY_CHECKED 0
#endif

#endif
