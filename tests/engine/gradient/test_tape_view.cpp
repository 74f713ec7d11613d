#include "engine/gradient/tape_view.hpp"
#include "engine/tape/profile.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;

TEST_CASE("a tape prints and draws itself", "[unit]") {
  Tape<double> tape;
  const V w = tape.variable(random({2, 3}), "w");
  sum(relu(matmul(V(random({4, 2})), w)));
  CHECK(to_string(tape) ==
        "%0     leaf                            (2,3)  w\n"
        "%1     matmul          . %0            (4,3)\n"
        "%2     relu            %1              (4,3)\n"
        "%3     sum             %2              ()\n");
  CHECK(to_dot(tape) ==
        "digraph tape {\n"
        "  rankdir=LR;\n"
        "  node [shape=ellipse, fontname=\"sans-serif\"];\n"
        "  n0 [label=\"w\\n(2,3)\", shape=box];\n"
        "  n1 [label=\"matmul\\n(4,3)\"];\n"
        "  n0 -> n1;\n"
        "  n2 [label=\"relu\\n(4,3)\"];\n"
        "  n1 -> n2;\n"
        "  n3 [label=\"sum\\n()\"];\n"
        "  n2 -> n3;\n"
        "}\n");
}

TEST_CASE("the backward pass can be walked node by node", "[unit]") {
  Tape<double> tape;
  const V a = tape.variable(Tensor<double>::scalar(3));
  const V b = a + a, c = b * b;
  BackwardWalk<double> walk(c, {a});
  const auto first = walk.step();
  REQUIRE(first.has_value());
  CHECK(to_string(tape, *first) == "%2 mul (), |cotangent| 1; sends %1 |6| %1 |6|");
  CHECK(walk.cotangent(b.id())->item() == 12);
  CHECK_FALSE(walk.cotangent(a.id()).has_value());
  const auto second = walk.step();
  REQUIRE(second.has_value());
  CHECK(second->node == b.id());
  CHECK(second->cotangent.item() == 12);
  CHECK(second->sent.size() == 2);
  CHECK_FALSE(walk.step().has_value());
  CHECK(walk.cotangent(a.id())->item() == 24);
  CHECK(gradient(c, {a})[0].item() == 24);
}

TEST_CASE("a profile counts ops while it lives", "[unit]") {
  Tape<double> tape;
  const V x = tape.variable(random({8, 8}));
  {
    Profile profile;
    gradient(sum(tanh(matmul(x, x))), {x});
    CHECK(profile.rows().at("tanh").forward_calls == 1);
    CHECK(profile.rows().at("tanh").backward_calls == 1);
    CHECK(profile.rows().at("matmul").bytes == 512);
    CHECK_THAT(to_string(profile), Catch::Contains("tanh") && Catch::Contains("backward"));
  }
  CHECK(Profile::active() == nullptr);
}
