# A network learns Fisher's irises: the loss of each species, and whose losses move together.
set terminal svg size 960,640 @look
set multiplot
set lmargin 12
set rmargin 3
set xrange [79:2700]
unset key
unset grid

set tmargin at screen 0.93
set bmargin at screen 0.57
set format x ""
unset xlabel
set ylabel "mean loss" offset 1,0
set yrange [0:1.65]
set ytics 0.5
set label 1 "setosa" at 480,0.45 textcolor rgb colour(0)
set label 2 "virginica" at 1180,0.60 textcolor rgb colour(2)
set label 3 "versicolor" at 1720,1.42 textcolor rgb colour(1)
set arrow 1 from 730,0 to 730,1.65 nohead linewidth 2 dashtype 2 linecolor rgb alarm
set arrow 2 from 1573,0 to 1573,1.65 nohead linewidth 2 dashtype 2 linecolor rgb alarm
set label 4 "alarm" at 720,1.73 right textcolor rgb alarm
set label 5 "alarm" at 1583,1.73 left textcolor rgb alarm
plot table using 1:2 with lines linewidth 4 linecolor rgb colour(0), \
     table using 1:3 with lines linewidth 4 linecolor rgb colour(1), \
     table using 1:4 with lines linewidth 4 linecolor rgb colour(2)

set tmargin at screen 0.52
set bmargin at screen 0.14
set format x "%g"
set xlabel "training step" offset 0,0.6
set ylabel "whose losses move\n(top eigenvector)" offset 0,0
set yrange [0:1]
set format y "%g"
set ytics ("0" 0, "50 %%" 0.5, "100 %%" 1)
unset label
set arrow 1 from 730,0 to 730,1 nohead front linewidth 2 dashtype 2 linecolor rgb alarm
set arrow 2 from 1573,0 to 1573,1 nohead front linewidth 2 dashtype 2 linecolor rgb alarm
set label 1 "setosa moves" at 190,0.4 front textcolor rgb "#ffffff"
set label 2 "versicolor moves" at 1640,0.35 front textcolor rgb ink
set label 3 "virginica moves along" at 1640,0.85 front textcolor rgb "#ffffff"
plot table using 1:(1) with filledcurves y1=0 fillcolor rgb colour(2), \
     table using 1:($5+$6) with filledcurves y1=0 fillcolor rgb colour(1), \
     table using 1:5 with filledcurves y1=0 fillcolor rgb colour(0)
unset multiplot
