# Four places from which a state can go: a hilltop, a flat bottom, a ledge, a well behind a barrier.
$where << end
0 0 0
0 0 1
-0.577 0.0833 2
-0.9456 -0.1526 3
end
array name[4] = ["plateau: hilltop", "annealed: flat", "fold: ledge", "nucleus: barrier"]
set multiplot layout 1,4
set key off
set xrange [-1.5:1.5]
set yrange [-0.8:0.8]
set xtics 1
unset ytics
set border 1 linecolor rgb quiet
set lmargin 1
set rmargin 1
do for [k=1:4] {
  set xlabel name[k]
  plot table using 1:(column(1 + k)) with lines linewidth 4 linecolor rgb colour(k - 1), \
       $where using 1:($3 == k - 1 ? $2 + 0.07 : NaN) with points pointtype 7 pointsize 1.6 linecolor rgb alarm
}
unset multiplot
