#pragma once

namespace guildsum {

/// This process leaves no core dump, in which secrets could be read: RLIMIT_CORE of one byte, the
/// value that keeps the kernel from writing one to a file as well as from piping it to a handler
/// (core(5)). Where the system allows no byte at all, a handler is given one all the same; so no
/// memory goes into a dump (/proc/PID/coredump_filter). Children inherit both. Once, at the start
/// of a program.
void forbid_core_dumps() noexcept;

}  // namespace guildsum
