# The covariance matrix beside its top eigenvector.
set terminal svg size 960,430 @look
set multiplot
unset grid
set border 0
unset key
set size 0.5,1; set origin 0,0
set size ratio 1
set xrange [-0.5:7.5]; set yrange [7.5:-0.5]
set tics scale 0
set xtics 0,1,7 offset 0,0.5; set ytics 0,1,7
set xlabel "probe"
set title "C, window up to step 160" textcolor rgb ink
set palette defined (0 "#ffffff", 1 "#0072b2")
unset colorbox
plot table index 0 using 1:2:3 with image pixels
set size noratio
set origin 0.5,0; set size 0.5,1
set border 3 linecolor rgb quiet
set title "who takes part" textcolor rgb ink
set yrange [0:1]; set ytics 0,0.2,0.8 nomirror
set key inside top center reverse Left horizontal maxrows 1 width -4 samplen 1
set boxwidth 0.7
plot table index 1 using 1:2 with boxes fillstyle solid 0.4 linecolor rgb colour(0) title "v₁", \
     '' index 1 using 1:3 with points pointtype 7 pointsize 1.2 linecolor rgb alarm title "x₁², normed"
unset multiplot
