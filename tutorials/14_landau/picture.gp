# Landau's potential: a well softens, is flat to second order, and splits in two.
$minima << end
-0.7071 -0.0625 3
0.7071 -0.0625 3
-1 -0.25 4
1 -0.25 4
end
set xlabel "order parameter x"
set ylabel "free energy f" offset 1,0
set xrange [-1.5:1.5]
set yrange [-0.3:0.6]
set ytics 0.2
set key maxrows 2 maxcols 3
array curvature[5] = [1, 0.5, 0, -0.5, -1]
plot for [k=1:5] table using 1:(column(1 + k)) with lines linewidth (k == 3 ? 5 : 3) \
       linecolor rgb colour(k - 1) title sprintf("a = %g", curvature[k]), \
     for [k=3:4] $minima using 1:($3 == k ? $2 : NaN) with points pointtype 7 pointsize 1.2 \
       linecolor rgb colour(k) notitle
