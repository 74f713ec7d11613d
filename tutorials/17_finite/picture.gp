# The potential that the mean of N units sees; and the variance in a well that softens at three speeds.
set multiplot layout 1,2
set key maxrows 2 maxcols 2
set xlabel "mean of all units"
set ylabel "free energy of one unit" offset 1,0
set xrange [-1:1]
set yrange [-0.05:0.1]
set ytics 0.05
set xtics 1
array coupling[3] = [0.7, 1, 1.3]
plot for [k=1:3] table index 1 using 1:(column(1 + k)) with lines linewidth 3 linecolor rgb colour(k - 1) \
       title sprintf("K = %g", coupling[k])
set xlabel "curvature a"
set ylabel "variance / T"
set logscale y
set xrange [0.5:0]
set yrange [1:300]
set ytics (1, 10, 100)
set xtics 0.1
array speed[3] = [1e-2, 1e-3, 1e-4]
plot for [k=1:3] table index 0 using 1:(column(1 + k)) with lines linewidth 3 linecolor rgb colour(k - 1) \
       title sprintf("%g", speed[k]), \
     table index 0 using 1:5 with lines linewidth 1.5 dashtype 3 linecolor rgb ink title "still"
unset multiplot
