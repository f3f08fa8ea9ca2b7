#pragma once

namespace guildsum {

/// This process leaves no core dump, in which secrets could be read: RLIMIT_CORE of one byte, the
/// value that keeps the kernel from writing one to a file as well as from piping it to a handler
/// (core(5)). Children inherit it. Once, at the start of a program.
void forbid_core_dumps() noexcept;

}  // namespace guildsum
