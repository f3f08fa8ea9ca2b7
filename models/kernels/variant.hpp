#pragma once

/// Names for what a kernel file defines once per instruction set, which GS_KERNEL_ISA says:
/// GS_KERNEL_NAME(kSomething) is kSomething_v3, GS_KERNEL_TEXT is "v3".
#define GS_KERNEL_JOIN_WORDS(a, b) a##_##b
#define GS_KERNEL_JOIN(a, b) GS_KERNEL_JOIN_WORDS(a, b)
#define GS_KERNEL_QUOTE_WORD(a) #a
#define GS_KERNEL_QUOTE(a) GS_KERNEL_QUOTE_WORD(a)
#define GS_KERNEL_NAME(name) GS_KERNEL_JOIN(name, GS_KERNEL_ISA)
#define GS_KERNEL_TEXT GS_KERNEL_QUOTE(GS_KERNEL_ISA)
