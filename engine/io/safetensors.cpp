#include "engine/io/safetensors.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "engine/io/element.hpp"
#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/hash.hpp"

namespace premelt {

namespace {

using Json = nlohmann::json;

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

constexpr std::size_t length_bytes = 8;
constexpr const char* metadata_key = "__metadata__";
constexpr std::size_t most_header_bytes = 100'000'000;        // the format's own limit
constexpr std::array type_names{"F32", "F64", "I64", "U64"};  // the order of AnyTensor's alternatives

/// The names of the element types that are read, and where they go.
struct StoredType {
  const char* name;
  Element element;
  std::size_t alternative;  ///< of AnyTensor
};
constexpr std::array<StoredType, 13> stored_types{{{"F64", Element::f64, 1},
                                                   {"F32", Element::f32, 0},
                                                   {"F16", Element::f16, 0},
                                                   {"BF16", Element::bf16, 0},
                                                   {"I64", Element::i64, 2},
                                                   {"I32", Element::i32, 2},
                                                   {"I16", Element::i16, 2},
                                                   {"I8", Element::i8, 2},
                                                   {"U64", Element::u64, 3},
                                                   {"U32", Element::u32, 2},
                                                   {"U16", Element::u16, 2},
                                                   {"U8", Element::u8, 2},
                                                   {"BOOL", Element::boolean, 2}}};
const std::string no_checksum(16, '0');

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw DataError(path.string() + ": " + what);
}

std::string_view bytes_of(const AnyTensor& tensor) {
  return std::visit(
      [](const auto& t) {
        return std::string_view(reinterpret_cast<const char*>(t.data()), t.flat().size_bytes());
      },
      tensor);
}

const Shape& shape_of(const AnyTensor& tensor) {
  return std::visit([](const auto& t) -> const Shape& { return t.shape(); }, tensor);
}

std::size_t width_of(const AnyTensor& tensor) {
  return std::visit([](const auto& t) { return sizeof(*t.data()); }, tensor);
}

/// Where the checksum's digits stand in the file; npos when nowhere. Quotes inside texts are escaped, so
/// nothing else looks like this.
std::size_t checksum_position(const std::string& file) {
  const std::string key = '"' + std::string(Safetensors::checksum_key) + "\":\"";
  const std::size_t found = file.find(key);
  return found == std::string::npos ? found : found + key.size();
}

/// The extent of one tensor's bytes behind the header.
struct Extent {
  std::string name;
  std::size_t begin, end;
};

struct Layout {
  std::size_t header_end = 0;
  Json header;
};

Layout parse_header(const std::filesystem::path& path, const std::string& file) {
  if (file.size() < length_bytes) fail(path, "is truncated inside its first 8 bytes");
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), length_bytes);
  if (length > most_header_bytes)
    fail(path, "promises a header of " + std::to_string(length) +
                   " bytes, more than the format allows: it is not a safetensors file");
  if (length > file.size() - length_bytes) {
    fail(path, "promises a header of " + std::to_string(length) + " bytes, but only " +
                   std::to_string(file.size() - length_bytes) +
                   " follow: it is truncated or not a safetensors file");
  }
  Layout layout{length_bytes + static_cast<std::size_t>(length), {}};
  const std::string_view text = std::string_view(file).substr(length_bytes, static_cast<std::size_t>(length));
  layout.header = Json::parse(text, nullptr, false);
  if (!layout.header.is_object()) fail(path, "has no JSON header: it is corrupted or not a safetensors file");
  return layout;
}

std::map<std::string, std::string> parse_metadata(const std::filesystem::path& path, Json& header) {
  std::map<std::string, std::string> metadata;
  if (!header.contains(metadata_key)) return metadata;
  const Json& entries = header[metadata_key];
  if (!entries.is_object()) fail(path, "the metadata in its header are not texts by name");
  for (const auto& [key, value] : entries.items()) {
    if (!value.is_string()) fail(path, "the metadata entry '" + excerpt(key) + "' is not a text");
    metadata[key] = value.get<std::string>();
  }
  header.erase(metadata_key);
  return metadata;
}

std::vector<std::size_t> numbers(const std::filesystem::path& path, const std::string& name,
                                 const Json& entry, const char* key) {
  const bool good = entry.is_object() && entry.contains(key) && entry[key].is_array() &&
                    std::ranges::all_of(entry[key], [](const Json& x) { return x.is_number_unsigned(); });
  if (!good) fail(path, "tensor '" + excerpt(name) + "' has no list of whole numbers '" + key + "'");
  return entry[key].get<std::vector<std::size_t>>();
}

template <std::size_t alternative>
AnyTensor decode_tensor(Element type, const Shape& shape, const char* from) {
  std::variant_alternative_t<alternative, AnyTensor> tensor(shape);
  const std::span flat = tensor.flat();
  decode(type, from, false, flat);  // every alternative holds all numbers of its types
  return tensor;
}

const StoredType& stored_type(const std::filesystem::path& path, const std::string& name, const Json& entry) {
  const bool named = entry.contains("dtype") && entry["dtype"].is_string();
  const std::string type = named ? entry["dtype"].get<std::string>() : "";
  const auto found = std::ranges::find(stored_types, type, &StoredType::name);
  if (found != stored_types.end()) return *found;
  std::string known;
  for (const StoredType& stored : stored_types)
    known += (known.empty() ? "" : ", ") + std::string(stored.name);
  fail(path, "tensor '" + excerpt(name) + "' has the element type '" + excerpt(type) + "', expected one of " +
                 known);
}

AnyTensor read_tensor(const std::filesystem::path& path, const Extent& extent, const Json& entry,
                      std::string_view data) {
  const std::string name = excerpt(extent.name);
  const StoredType& type = stored_type(path, extent.name, entry);
  const std::vector<std::size_t> shape = numbers(path, extent.name, entry, "shape");
  if (shape.size() > Shape::max_rank) {
    fail(path, "tensor '" + name + "' has " + std::to_string(shape.size()) + " axes, at most " +
                   std::to_string(Shape::max_rank) + " are supported");
  }
  const auto count = count_elements(shape, 1, data.size());
  if (!count) fail(path, "tensor '" + name + "' is larger than the file");
  const std::size_t needed = width(type.element) * *count;
  if (needed != extent.end - extent.begin) {
    fail(path, "tensor '" + name + "' needs " + std::to_string(needed) + " bytes, but has " +
                   std::to_string(extent.end - extent.begin));
  }
  static constexpr std::array decoders{decode_tensor<0>, decode_tensor<1>, decode_tensor<2>,
                                       decode_tensor<3>};
  return decoders[type.alternative](type.element, Shape(shape), data.data() + extent.begin);
}

/// The tensors' places, which have to tile the data from its first byte to its last.
std::vector<Extent> parse_extents(const std::filesystem::path& path, const Json& header, std::size_t size) {
  std::vector<Extent> extents;
  for (const auto& [name, entry] : header.items()) {
    const std::vector<std::size_t> offsets = numbers(path, name, entry, "data_offsets");
    if (offsets.size() != 2 || offsets[0] > offsets[1]) {
      fail(path, "tensor '" + excerpt(name) + "' needs two increasing data_offsets");
    }
    extents.push_back({name, offsets[0], offsets[1]});
  }
  std::ranges::sort(extents, {}, [](const Extent& e) { return std::pair(e.begin, e.end); });
  std::size_t covered = 0;
  for (const Extent& extent : extents) {
    if (extent.end > size) {
      fail(path, "tensor '" + excerpt(extent.name) + "' ends at byte " + std::to_string(extent.end) +
                     " of the data, which are " + std::to_string(size) + " bytes long: it is truncated");
    }
    if (extent.begin != covered) {
      fail(path, "tensor '" + excerpt(extent.name) +
                     (extent.begin < covered ? "' overlaps the one before" : "' leaves a gap before it"));
    }
    covered = extent.end;
  }
  if (covered != size) fail(path, std::to_string(size - covered) + " bytes belong to no tensor");
  return extents;
}

void verify_checksum(const std::filesystem::path& path, std::string file, const std::string& expected) {
  const std::size_t digits = checksum_position(file);
  if (digits != std::string::npos) file.replace(digits, no_checksum.size(), no_checksum);
  if (digits == std::string::npos || hexadecimal(fnv1a(file)) != expected) {
    fail(path, "is corrupted: its checksum does not fit");
  }
}

/// The header's text. JSON holds UTF-8 only.
std::string dump(const std::filesystem::path& path, const Json& header) {
  try {
    return header.dump();
  } catch (const Json::type_error&) {
    fail(path, "cannot be written: a tensor's name or a text of its metadata is not UTF-8");
  }
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const Safetensors& content) {
  if (content.tensors.contains(metadata_key))
    fail(path, "cannot be written: no tensor may be called " + std::string(metadata_key));
  std::vector<std::pair<std::string, const AnyTensor*>> tensors;
  for (const auto& [name, tensor] : content.tensors) tensors.emplace_back(name, &tensor);
  // Wide elements first keep every tensor aligned, so that readers may map the file.
  std::ranges::stable_sort(tensors, std::greater(), [](const auto& t) { return width_of(*t.second); });

  Json header{{metadata_key, content.metadata}};
  header[metadata_key][Safetensors::checksum_key] = no_checksum;
  std::string data;
  for (const auto& [name, tensor] : tensors) {
    const std::size_t begin = data.size();
    data += bytes_of(*tensor);
    const Shape& shape = shape_of(*tensor);
    header[name] = {{"dtype", type_names[tensor->index()]},
                    {"shape", std::vector<std::size_t>(shape.begin(), shape.end())},
                    {"data_offsets", {begin, data.size()}}};
  }
  std::string text = dump(path, header);
  text.resize((text.size() + length_bytes - 1) / length_bytes * length_bytes, ' ');
  const std::uint64_t length = text.size();
  std::string file(reinterpret_cast<const char*>(&length), length_bytes);
  file += text + data;
  const std::string checksum = hexadecimal(fnv1a(file));
  write_file(path, file.replace(checksum_position(file), checksum.size(), checksum));
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  const std::string file = read_file(path, "a .safetensors file");
  auto [header_end, header] = parse_header(path, file);
  Safetensors content;
  content.metadata = parse_metadata(path, header);
  const std::string_view data = std::string_view(file).substr(header_end);
  for (const Extent& extent : parse_extents(path, header, data.size())) {
    content.tensors[extent.name] = read_tensor(path, extent, header[extent.name], data);
  }
  const auto checksum = content.metadata.find(Safetensors::checksum_key);
  if (checksum != content.metadata.end()) verify_checksum(path, file, checksum->second);
  return content;
}

}  // namespace premelt
