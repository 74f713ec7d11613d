/// safetensors files: what is written comes back, what was damaged does not.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <span>

#include "engine/io/file.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using Catch::Matchers::Contains;
using test::TemporaryDirectory;

namespace {

Safetensors example() {
  Safetensors content;
  content.tensors["weights"] = Tensor<float>(Shape{3}, {1.5F, -2, 3e-30F});
  content.tensors["state"] = Tensor<double>(Shape{2, 2}, {1, -0.0, 4e-300, 0.1});
  content.tensors["tokens"] = Indices(Shape{1, 2, 1}, {-1, 1LL << 40});
  content.tensors["stream"] = Tensor<std::uint64_t>(Shape{2}, {~std::uint64_t{0}, 7});
  content.tensors["count"] = Tensor<std::uint64_t>::scalar(12);
  content.tensors["nothing"] = Tensor<double>();
  content.metadata = {{"setting", "deep-linear"}, {"quoted", "a \"fnv1a64\":\"text\" \\ é"}};
  return content;
}

template <class T>
bool same(const AnyTensor& a, const Tensor<T>& b) {
  const auto* found = std::get_if<Tensor<T>>(&a);
  return found != nullptr && found->shape() == b.shape() &&
         std::ranges::equal(std::as_bytes(found->flat()), std::as_bytes(b.flat()));
}

/// A file with this header and so many bytes of data.
std::string crafted(std::string header, std::size_t data) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(data, '\1');
}

}  // namespace

TEST_CASE("safetensors: every element type, shape and text comes back bit for bit", "[unit]") {
  const TemporaryDirectory directory;
  const Safetensors content = example();
  write_safetensors(directory / "a.safetensors", content);
  Safetensors back = read_safetensors(directory / "a.safetensors");
  CHECK(back.metadata.erase(Safetensors::checksum_key) == 1);
  CHECK(back.metadata == content.metadata);
  REQUIRE(back.tensors.size() == content.tensors.size());
  for (const auto& [name, tensor] : content.tensors) {
    INFO(name);
    CHECK(std::visit([&, key = name](const auto& t) { return same(back.tensors.at(key), t); }, tensor));
  }
  const std::filesystem::directory_iterator files(directory.path());
  CHECK(std::distance(begin(files), end(files)) == 1);
}

TEST_CASE("safetensors: the bytes are those of the format's definition", "[unit]") {
  const TemporaryDirectory directory;
  write_safetensors(directory / "a", example());
  const std::string bytes = read_file(directory / "a", "");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  CHECK(length % 8 == 0);
  CHECK(bytes[8] == '{');
  CHECK_THAT(bytes, Contains(R"("weights":{"data_offsets":[72,84],"dtype":"F32","shape":[3]})"));
  CHECK_THAT(bytes, Contains(R"("state":{"data_offsets":[8,40],"dtype":"F64","shape":[2,2]})"));
  CHECK(bytes.size() == 8 + length + 84);
}

TEST_CASE("safetensors: files of other writers are read without a checksum", "[unit]") {
  const TemporaryDirectory directory;
  write_file(directory / "a",
             crafted(R"({ "b": {"dtype": "I64", "shape": [2], "data_offsets": [0, 16]} })", 16));
  const Safetensors content = read_safetensors(directory / "a");
  CHECK(same(content.tensors.at("b"), Indices(Shape{2}, 0x0101010101010101)));
  CHECK(content.metadata.empty());
}

TEST_CASE("safetensors: every element type of other writers becomes ours, exactly", "[unit]") {
  const TemporaryDirectory directory;
  const auto read = [&](const std::string& type, const std::string& bytes) {
    const std::size_t count = type == "BOOL" || type == "I8" || type == "U8" ? 2 : 1;
    const std::string header = R"({"a":{"dtype":")" + type + R"(","shape":[)" + std::to_string(count) +
                               R"(],"data_offsets":[0,)" + std::to_string(bytes.size()) + "]}}";
    write_file(directory / "a", crafted(header, 0) + bytes);
    return read_safetensors(directory / "a").tensors.at("a");
  };
  using S = std::string;
  CHECK(same(read("F16", S("\x00\xc1", 2)), Tensor<float>(Shape{1}, -2.5F)));
  CHECK(same(read("BF16", S("\xc0\xbf", 2)), Tensor<float>(Shape{1}, -1.5F)));
  CHECK(same(read("F32", S("\x00\x00\xc0\xbf", 4)), Tensor<float>(Shape{1}, -1.5F)));
  CHECK(same(read("I32", S("\xfe\xff\xff\xff", 4)), Indices(Shape{1}, -2)));
  CHECK(same(read("U32", S("\xff\xff\xff\xff", 4)), Indices(Shape{1}, 4294967295)));
  CHECK(same(read("I16", S("\xfe\xff", 2)), Indices(Shape{1}, -2)));
  CHECK(same(read("U16", S("\xfe\xff", 2)), Indices(Shape{1}, 65534)));
  CHECK(same(read("I8", S("\xfe\x01", 2)), Indices(Shape{2}, {-2, 1})));
  CHECK(same(read("U8", S("\xfe\x01", 2)), Indices(Shape{2}, {254, 1})));
  CHECK(same(read("BOOL", S("\x01\x00", 2)), Indices(Shape{2}, {1, 0})));
  CHECK(same(read("U64", S(8, '\xff')), Tensor<std::uint64_t>(Shape{1}, ~std::uint64_t{0})));
}

TEST_CASE("safetensors: names that the format cannot hold are refused before anything is written", "[unit]") {
  const TemporaryDirectory directory;
  const auto path = directory / "a.safetensors";
  Safetensors content;
  content.tensors["__metadata__"] = Tensor<double>(Shape{1}, 1.0);
  CHECK_THROWS_AS(write_safetensors(path, content), DataError);
  CHECK_THROWS_WITH(write_safetensors(path, content), Contains("a.safetensors") && Contains("__metadata__"));
  CHECK_THROWS_WITH(write_safetensors(path, {{{"caf\xe9", Indices(Shape{1}, 1)}}, {}}),
                    Contains("not UTF-8"));
  CHECK_THROWS_WITH(write_safetensors(path, {{}, {{"note", "caf\xe9"}}}), Contains("not UTF-8"));
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("safetensors: a file cut anywhere is refused", "[property]") {
  const TemporaryDirectory directory;
  write_safetensors(directory / "a", example());
  const std::string whole = read_file(directory / "a", "");
  for (std::size_t length = 0; length < whole.size(); length += length < 16 ? 1 : 7) {
    write_file(directory / "cut.safetensors", whole.substr(0, length));
    INFO(length);
    CHECK_THROWS_WITH(read_safetensors(directory / "cut.safetensors"), Contains("cut.safetensors"));
    CHECK_THROWS_AS(read_safetensors(directory / "cut.safetensors"), DataError);
  }
  write_file(directory / "cut.safetensors", whole + "x");
  CHECK_THROWS_WITH(read_safetensors(directory / "cut.safetensors"), Contains("belong to no tensor"));
}

TEST_CASE("safetensors: any changed byte is refused", "[property]") {
  const TemporaryDirectory directory;
  write_safetensors(directory / "a", example());
  const std::string whole = read_file(directory / "a", "");
  Rng rng(1, "flips");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ static_cast<char>(1U << rng.below(8)));
    write_file(directory / "b", flipped);
    INFO("byte " << at << ": " << whole[at] << " became " << flipped[at]);
    bool believed = false;
    try {
      // Where the checksum's own name was hit there is none to verify, and no checkpoint is read without.
      believed = read_safetensors(directory / "b").metadata.contains(Safetensors::checksum_key);
    } catch (const DataError& error) {
      CHECK_THAT(error.what(), Contains("b: "));
    }
    CHECK_FALSE(believed);
  }
}

TEST_CASE("safetensors: malformed headers are refused with the reason", "[unit]") {
  const TemporaryDirectory directory;
  const auto refused = [&](const std::string& header, std::size_t data, const std::string& reason) {
    write_file(directory / "bad", crafted(header, data));
    INFO(header);
    CHECK_THROWS_WITH(read_safetensors(directory / "bad"), Contains("bad: ") && Contains(reason));
  };
  const auto entry = [](const std::string& type, const std::string& shape, const std::string& offsets) {
    return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
  };
  const std::string good = entry("F64", "[1]", "[0,8]");
  refused("[]", 0, "no JSON header");
  refused("{", 0, "no JSON header");
  refused(R"({"a":1})", 0, "'data_offsets'");
  refused(R"({"a":)" + entry("F8_E4M3", "[8]", "[0,8]") + "}", 8, "'F8_E4M3', expected one of F64");
  refused(R"({"a":{"shape":[8],"data_offsets":[0,8]}})", 8, "the element type ''");
  refused(R"({"a":)" + entry("F64", "[-1]", "[0,8]") + "}", 8, "'shape'");
  refused(R"({"a":)" + entry("F64", "[2]", "[0,8]") + "}", 8, "needs 16 bytes");
  refused(R"({"a":)" + entry("F64", "[4294967296,4294967296]", "[0,8]") + "}", 8, "larger than the file");
  refused(R"({"a":)" + entry("F64", "[1,1,1,1,1,1,1]", "[0,8]") + "}", 8, "7 axes");
  refused(R"({"a":)" + entry("F64", "[1]", "[8,0]") + "}", 8, "increasing");
  refused(R"({"a":)" + entry("F64", "[1]", "[0,8,16]") + "}", 16, "increasing");
  refused(R"({"a":)" + good + "}", 4, "truncated");
  refused(R"({"a":)" + good + R"(,"b":)" + good + "}", 8, "overlaps");
  refused(R"({"a":)" + entry("F64", "[1]", "[8,16]") + "}", 16, "gap");
  refused(R"({"a":)" + good + "}", 9, "belong to no tensor");
  refused(R"({"__metadata__":{"step":4}})", 0, "'step' is not a text");
  refused(R"({"__metadata__":[]})", 0, "metadata");
  write_file(directory / "bad", "step,loss\n1,2\n");
  CHECK_THROWS_WITH(read_safetensors(directory / "bad"), Contains("not a safetensors file"));
  CHECK_THROWS_WITH(read_safetensors(directory / "none"), Contains("cannot be read"));
  CHECK_THROWS_WITH(read_safetensors(directory.path()), Contains("is a directory"));
  CHECK_THROWS_WITH(write_safetensors(directory / "none" / "a", {}), Contains("cannot be written"));
}
