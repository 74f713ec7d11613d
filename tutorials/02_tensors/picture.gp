# A row b is copied to fit a matrix; on the way back, what its copies receive is added up.
set terminal svg size 960,270 @look
unset border; unset tics; unset xlabel; unset ylabel; unset grid; unset key
set margins 0,0,0,0
set xrange [-0.9:19.2]; set yrange [3.1:-2.2]
cell(x, column) = x + 1.25 * column
set label 1 "b" at cell(0,1),-1.3 center textcolor rgb ink
set label 2 "copied: forward" at cell(5,1),-1.3 center textcolor rgb ink
set label 3 "what each copy receives" at cell(10,1),-1.3 center textcolor rgb alarm
set label 4 "added: backward" at cell(15,1),-1.3 center textcolor rgb alarm
set arrow 1 from 3.2,0.65 to 4.1,0.65 linewidth 2 linecolor rgb quiet
set arrow 2 from 13.2,0.65 to 14.1,0.65 linewidth 2 linecolor rgb quiet
set boxwidth 1.15
set style fill solid 0.25 noborder
plot table index 0 using (cell(0,$1)):($2+1.15):(0.55):(0.5) with boxxyerror linecolor rgb colour(0), \
     '' index 0 using (cell(0,$1)):($2+1.15):3 with labels textcolor rgb ink, \
     '' index 1 using (cell(5,$1)):(1.25*$2+0.5):(0.55):(0.5) with boxxyerror linecolor rgb colour(0), \
     '' index 1 using (cell(5,$1)):(1.25*$2+0.5):3 with labels textcolor rgb ink, \
     '' index 2 using (cell(10,$1)):(1.25*$2+0.5):(0.55):(0.5) with boxxyerror linecolor rgb alarm, \
     '' index 2 using (cell(10,$1)):(1.25*$2+0.5):3 with labels textcolor rgb ink, \
     '' index 3 using (cell(15,$1)):($2+1.15):(0.55):(0.5) with boxxyerror linecolor rgb alarm, \
     '' index 3 using (cell(15,$1)):($2+1.15):3 with labels textcolor rgb ink
