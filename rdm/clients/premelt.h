#ifndef PREMELT_H
#define PREMELT_H
/** @file
 * The monitor for any program that can call C: losses in, signals out.
 *
 *     premelt_options options = {.struct_size = sizeof options, .probes = 64, .window = 40};
 *     premelt_monitor* monitor = premelt_monitor_new(&options);
 *     ... every few steps: premelt_monitor_push(monitor, step, losses, 64);
 *
 * Signals are those of `premelt watch` and `premelt analyze` with the same options, bit for bit. No exception
 * crosses this interface, nothing is printed, and nothing here ends the program. A monitor belongs to one
 * thread at a time; different monitors to different threads. While a recording is taken, OpenBLAS, which the
 * whole process shares, is set to one thread, and then back.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/** What a call says. */
typedef enum premelt_status {
  PREMELT_OK = 0,      /**< done; of a push: there are signals */
  PREMELT_FILLING = 1, /**< the recording was taken, but the window is not full: no signals yet */
  PREMELT_USAGE = 2,   /**< a wrong option, size or pointer; nothing has changed */
  PREMELT_DATA = 3,    /**< losses or a step that cannot be taken; nothing has changed */
  PREMELT_MEMORY = 5,  /**< there is not enough memory */
  PREMELT_FAULT = 70   /**< a fault of premelt; throw the monitor away */
} premelt_status;

/** What to watch. Zero, or NULL, is the default everywhere but in the first two members.
 * Later versions add members at the end, and `struct_size` says which ones the caller knows. */
typedef struct premelt_options {
  size_t struct_size;          /**< sizeof(premelt_options) */
  size_t probes;               /**< n >= 1, losses a recording */
  size_t window;               /**< W >= 2, in recordings; default 40 */
  size_t modes;                /**< leading eigenvectors; default 3, or as many as there can be */
  size_t modes_every;          /**< full windows from one with eigenvectors to the next; default 1 */
  size_t alarm_hold;           /**< K >= 1 recordings in a row; default 3 */
  double alarm_factor;         /**< F > 1 times the running minimum; default 10 */
  size_t warmup;               /**< recordings, from the first, that raise no alarm; default W */
  const char* alarm_statistic; /**< a signal by its name that is never negative; default "shc" */
  const char* const* blocks;   /**< n names, the block of each probe; default: all in one */
} premelt_options;

/** What a full window says. NaN: no statement. */
typedef struct premelt_signals {
  size_t struct_size;         /**< sizeof(premelt_signals), set by the caller */
  int64_t step;               /**< of the newest recording */
  double shc;                 /**< spectral heat capacity, the variance of all n eigenvalues, loss^4 */
  double pr;                  /**< participation ratio of the eigenvalues, from 1 to their number */
  double trace;               /**< of the covariance C of the losses in the window, loss^2 */
  double lambda1;             /**< its largest eigenvalue, loss^2 */
  double mean_loss;           /**< of the newest recording */
  double shc_detrended;       /**< the same five after each probe's line in the window is removed */
  double pr_detrended;        /**< as `pr` */
  double trace_detrended;     /**< as `trace` */
  double lambda1_detrended;   /**< as `lambda1` */
  double mean_loss_detrended; /**< what of `mean_loss` is above its line */
  double overlap;             /**< |v_1 . v_1'| with the last window that had eigenvectors */
  int32_t has_modes;          /**< 1 when this window's eigenvectors were computed */
  int32_t alarm;              /**< 1 when this recording raised an alarm */
  double alarm_value;         /**< the statistic at the alarm */
  double alarm_threshold;     /**< and what it had to exceed */
} premelt_signals;

/** A monitor; what is inside is nobody's business. */
typedef struct premelt_monitor premelt_monitor;

/** The version of the library that was loaded: "0.1.0". */
const char* premelt_version(void);

/** A new monitor, or NULL: `premelt_last_error` then says why. */
premelt_monitor* premelt_monitor_new(const premelt_options* options);

/** Ends a monitor. NULL is allowed. */
void premelt_monitor_free(premelt_monitor* monitor);

/** Takes the `count` = n losses recorded at `step`; steps increase. Losses that are not finite, or larger
 * than 1e70, are refused (PREMELT_DATA), and the next recording is taken as if these had not come. */
premelt_status premelt_monitor_push(premelt_monitor* monitor, int64_t step, const double* losses,
                                    size_t count);

/** The signals of the last full window; PREMELT_FILLING, and nothing written, before the first.
 * `signals->struct_size` bytes are written at most. */
premelt_status premelt_monitor_signals(const premelt_monitor* monitor, premelt_signals* signals);

/** Eigenvector `mode` (0 the leading one) of the last window with eigenvectors: `count` = n numbers of unit
 * length, NaN where no direction is singled out. PREMELT_FILLING before the first full window. */
premelt_status premelt_monitor_mode(const premelt_monitor* monitor, size_t mode, double* vector,
                                    size_t count);

/** The number of blocks; 1 without `blocks`. */
size_t premelt_monitor_block_count(const premelt_monitor* monitor);

/** The name of a block, in order of first appearance; NULL when there is none of that number. */
const char* premelt_monitor_block(const premelt_monitor* monitor, size_t block);

/** Each block's share of the leading eigenvector (sum of its squares): `count` = number of blocks.
 * PREMELT_FILLING before the first full window. */
premelt_status premelt_monitor_block_shares(const premelt_monitor* monitor, double* shares, size_t count);

/** Why the last push gave no signals ("window not full: 12 of 40", or what was wrong with the recording), or
 * in a sentence why it raised an alarm; "" otherwise. Valid until the next call with this monitor. */
const char* premelt_monitor_why(const premelt_monitor* monitor);

/** What the last call of this thread that failed had to say; "" when none has. Valid until the next call. */
const char* premelt_last_error(void);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
