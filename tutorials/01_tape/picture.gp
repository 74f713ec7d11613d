# The tape of y = x*w + sin(x): each line of the tape with arcs from it back to its inputs.
set terminal svg size 960,440 @look
unset border; unset tics; unset xlabel; unset grid; unset key
set size ratio -1; set margins 0,0,0,0
set xrange [-1.35:4.5]; set yrange [-1.3:1.6]
set label 1 "value" at -1.3,-0.8 left textcolor rgb ink
set label 2 "gradient" at -1.3,-1.15 left textcolor rgb alarm
plot table index 0 using 1:2 with lines linewidth 3 linecolor rgb colour(0), \
     table index 1 using 1:(0) with points pointtype 7 pointsize 3.4 linecolor rgb quiet, \
     '' index 1 using 1:(0):2 with labels offset 0,-1.7 textcolor rgb quiet font ',22', \
     '' index 1 using 1:(0):1 with labels textcolor rgb "#ffffff", \
     '' index 1 using 1:(-0.8):(sprintf("%.2f", $3)) with labels textcolor rgb ink, \
     '' index 1 using 1:(-1.15):(sprintf("%.2f", $4)) with labels textcolor rgb alarm
