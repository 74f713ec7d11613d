# Three potentials, and the heat capacity of each against temperature.
set multiplot layout 1,2
set key maxrows 2 maxcols 2
set xlabel "x"
set ylabel "free energy f" offset 1,0
set xrange [-1.6:1.6]
set yrange [-0.35:0.6]
set ytics 0.2
set xtics 1
array name[3] = ["one well", "flat", "two"]
plot for [k=1:3] table index 0 using 1:(column(1 + k)) with lines linewidth 3 linecolor rgb colour(k - 1) title name[k]
set xlabel "temperature"
set ylabel "heat capacity"
set logscale x
set format x "10^{%L}"
set xrange [1e-3:3]
set yrange [0:1.5]
set ytics 0.25
set xtics 10
plot for [k=1:3] table index 1 using 1:(column(1 + k)) with lines linewidth 3 linecolor rgb colour(k - 1) title name[k]
unset multiplot
