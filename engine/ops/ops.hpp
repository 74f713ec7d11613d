#pragma once
/// Every op.

#include "engine/ops/activation.hpp"
#include "engine/ops/attention.hpp"
#include "engine/ops/constants.hpp"
#include "engine/ops/einsum.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/extrema.hpp"
#include "engine/ops/index.hpp"
#include "engine/ops/loss.hpp"
#include "engine/ops/matmul.hpp"
#include "engine/ops/norm.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"
#include "engine/ops/softmax.hpp"
