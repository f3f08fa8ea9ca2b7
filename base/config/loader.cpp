#include <algorithm>
#include <sstream>
#include <system_error>
#include <unistd.h>

#include <toml++/toml.h>

#include "base/config/reader.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"

namespace guildsum::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;

std::string position(const fs::path& file, const toml::source_region& source) {
  return file.string() + ":" + std::to_string(source.begin.line) + ":" +
         std::to_string(source.begin.column);
}

/// `conf.d/*.toml` beside the main file, by name.
Result<std::vector<fs::path>> drop_in_files(const fs::path& main_file) {
  std::vector<fs::path> files;
  std::error_code failure;
  const fs::path directory = main_file.parent_path() / "conf.d";
  if (!fs::is_directory(directory, failure)) return files;
  for (fs::directory_iterator entry{directory, failure};
       !failure && entry != fs::directory_iterator{}; entry.increment(failure)) {
    if (entry->path().extension() == ".toml") files.push_back(entry->path());
  }
  if (failure) {
    return Error{BaseErrc::io_failed, "listing " + directory.string() + ": " + failure.message()};
  }
  std::ranges::sort(files);
  return files;
}

/// SERVER__LISTEN -> server.listen
std::string key_of_variable(std::string_view name) {
  std::string key;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name.substr(i, 2) == "__") {
      key += '.';
      ++i;
    } else {
      key += name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    }
  }
  return key;
}

}  // namespace

Settings Sources::process_environment() {
  Settings variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text{*variable};
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::string member_key(std::string_view table, std::string_view name) {
  const bool bare = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  std::string key{table};
  if (!key.empty()) key += '.';
  if (bare) return key.append(name);
  key += '"';
  for (const char c : name) {
    if (c == '"' || c == '\\') key += '\\';
    key += c;
  }
  return key += '"';
}

/// Merges the sources into a reader's flat map of keys.
class Loader {
 public:
  Result<Reader> load(const Sources& sources) {
    if (sources.file) {
      reader_.directory_ = sources.file->parent_path();
      GS_CHECK(load_file(*sources.file));
      GS_TRY(const auto drop_ins, drop_in_files(*sources.file));
      for (const fs::path& file : drop_ins) GS_CHECK(load_file(file));
    }
    const std::string& prefix = sources.environment_prefix;
    for (const auto& [name, value] : sources.environment) {
      if (!name.starts_with(prefix)) continue;
      const std::string_view rest = std::string_view{name}.substr(prefix.size());
      if (rest.find("__") == std::string_view::npos) continue;
      set_text(key_of_variable(rest), value, "environment " + name);
    }
    for (const auto& [key, value] : sources.flags) set_text(key, value, "flag --set " + key);
    return std::move(reader_);
  }

 private:
  Result<void> load_file(const fs::path& file) {
    GS_TRY(const std::string text, read_text_file(file, kFileBytesMax));
    try {
      const toml::table table = toml::parse(text, file.string());
      file_ = file;
      add_table(table, "");
    } catch (const toml::parse_error& failure) {
      return Error{BaseErrc::invalid_config,
                   position(file, failure.source()) + ": " + std::string{failure.description()}};
    }
    return {};
  }

  void add_table(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const std::string key = member_key(prefix, name.str());
      const std::string origin = position(file_, name.source());
      if (const auto* nested = node.as_table()) {
        reader_.tables_[key] = origin;
        add_table(*nested, key);
      } else if (const auto* array = node.as_array(); array != nullptr && is_tables(*array)) {
        add_tables(*array, key, origin);
      } else {
        add_value(node, key, origin);
      }
    }
  }

  static bool is_tables(const toml::array& array) {
    return !array.empty() && array.is_homogeneous(toml::node_type::table);
  }

  /// A later file replaces an array of tables as a whole.
  void add_tables(const toml::array& array, const std::string& key, const std::string& origin) {
    std::erase_if(reader_.values_,
                  [&](const auto& entry) { return entry.first.starts_with(key + "["); });
    std::erase_if(reader_.tables_,
                  [&](const auto& entry) { return entry.first.starts_with(key + "["); });
    reader_.table_counts_[key] = array.size();
    for (std::size_t i = 0; i < array.size(); ++i) {
      const std::string element = key + "[" + std::to_string(i) + "]";
      reader_.tables_[element] = origin;
      add_table(*array.get_as<toml::table>(i), element);
    }
  }

  void add_value(const toml::node& node, const std::string& key, const std::string& origin) {
    Reader::Value value{
        .scalar = std::string{}, .origin = origin, .directory = file_.parent_path()};
    if (const auto* text = node.as_string()) {
      value.scalar = text->get();
    } else if (const auto* integer = node.as_integer()) {
      value.scalar = integer->get();
    } else if (const auto* number = node.as_floating_point()) {
      value.scalar = number->get();
    } else if (const auto* flag = node.as_boolean()) {
      value.scalar = flag->get();
    } else if (const auto* array = node.as_array();
               array != nullptr && (array->empty() || array->is_homogeneous<std::string>())) {
      std::vector<std::string> texts;
      for (const auto& element : *array) texts.push_back(element.as_string()->get());
      value.scalar = std::move(texts);
    } else {
      reader_.asked_.insert(key);
      reader_.problems_.push_back(origin + ": \"" + key +
                                  "\" must be text, a number, true or false, or a list of texts");
      return;
    }
    reader_.values_[key] = std::move(value);
  }

  void set_text(const std::string& key, const std::string& text, std::string origin) {
    reader_.values_[key] = Reader::Value{
        .scalar = text, .origin = std::move(origin), .directory = {}, .untyped = true};
  }

  Reader reader_;
  fs::path file_;
};

Result<Reader> Reader::load(const Sources& sources) { return Loader{}.load(sources); }

}  // namespace guildsum::config
