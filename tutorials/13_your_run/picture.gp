# Some probe losses of the run, and SHC of the last 20 recordings.
set ylabel "probe losses" offset 1,0
set yrange [0:1.4]
set logscale y2
set y2tics 1e-12,100,1 textcolor rgb quiet
set format y2 "10^{%L}"
set y2range [1e-9:1e-1]
set y2label "SHC" textcolor rgb quiet offset -1,0
set border 11 linecolor rgb quiet
plot for [i=2:9] table using 1:i with lines linewidth 1.5 linecolor rgb "#a056b4e9" notitle, \
     table using 1:10 axes x1y2 with lines linewidth 3 linecolor rgb colour(0) title "SHC of the last 20 recordings", \
     NaN with lines linewidth 2 linecolor rgb "#56b4e9" title "eight of 32 probes"
