# Grokking: accuracies, periodicity, and the SHC of the log losses of test pairs.
set ylabel "accuracy, Fourier power" offset 1,0
set yrange [0:1.05]
set logscale y2
set y2tics 1e-8,100,1e4 textcolor rgb quiet
set format y2 "10^{%L}"
set y2label "SHC of log losses" textcolor rgb quiet offset -1,0
set border 11 linecolor rgb quiet
plot table using 1:5 axes x1y2 with lines linewidth 2 linecolor rgb quiet title "SHC of log losses", \
     table using 1:2 with lines linewidth 3 linecolor rgb colour(2) title "training accuracy", \
     table using 1:3 with lines linewidth 3 linecolor rgb colour(0) title "test accuracy", \
     table using 1:4 with lines linewidth 2 dashtype 2 linecolor rgb colour(1) title "Fourier power"
